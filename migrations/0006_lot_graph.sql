-- Who goods go to and come from, and goods that change hands.

CREATE TABLE parties (
  commune_id integer NOT NULL REFERENCES communes (id),
  id uuid NOT NULL,
  producer_id uuid NOT NULL,                 -- in whose book it stands; nobody else sees it
  name text NOT NULL,
  phone text,                                -- only with the consent noted beside it
  phone_consent_at timestamptz,
  created_by uuid,
  created_at timestamptz NOT NULL,
  PRIMARY KEY (commune_id, id),
  FOREIGN KEY (commune_id, producer_id) REFERENCES producers (commune_id, id)
);
CREATE INDEX parties_producer ON parties (commune_id, producer_id, name);

CREATE TABLE handovers (
  commune_id integer NOT NULL REFERENCES communes (id),
  id uuid NOT NULL,                          -- of the form: sent twice, it is one handover
  lot_id uuid NOT NULL,
  from_producer_id uuid NOT NULL,
  to_producer_id uuid,                       -- one of these two
  party_id uuid,
  quantity bigint NOT NULL,                  -- thousandths of uom
  uom text NOT NULL,
  received_quantity bigint,                  -- thousandths of uom; may be less than was sent
  state text NOT NULL,                       -- sent, claimed, confirmed, refused, delivered
  handed_at timestamptz NOT NULL,
  ship_event_id uuid,
  receive_event_id uuid,
  reason text,                               -- of a refusal
  version bigint NOT NULL,
  created_by uuid,
  created_at timestamptz NOT NULL,
  decided_by uuid,
  decided_at timestamptz,
  PRIMARY KEY (commune_id, id),
  FOREIGN KEY (commune_id, lot_id) REFERENCES lots (commune_id, id),
  FOREIGN KEY (commune_id, from_producer_id) REFERENCES producers (commune_id, id),
  FOREIGN KEY (commune_id, to_producer_id) REFERENCES producers (commune_id, id),
  FOREIGN KEY (commune_id, party_id) REFERENCES parties (commune_id, id),
  FOREIGN KEY (commune_id, ship_event_id) REFERENCES trace_events (commune_id, id),
  FOREIGN KEY (commune_id, receive_event_id) REFERENCES trace_events (commune_id, id)
);
CREATE INDEX handovers_lot ON handovers (commune_id, lot_id);
CREATE INDEX handovers_from ON handovers (commune_id, from_producer_id, state);
CREATE INDEX handovers_to ON handovers (commune_id, to_producer_id, state);
CREATE INDEX handovers_party ON handovers (commune_id, party_id);
CREATE INDEX handovers_ship_event ON handovers (commune_id, ship_event_id);
CREATE INDEX handovers_receive_event ON handovers (commune_id, receive_event_id);

-- The graph of lots is walked from lot to event by this index alone: with all it needs in it, SQLite takes it even
-- before it has statistics.
CREATE INDEX trace_event_lots_graph ON trace_event_lots (commune_id, lot_id, role, event_id);
DROP INDEX trace_event_lots_lot;
