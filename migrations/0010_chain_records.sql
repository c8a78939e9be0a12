-- What makes the chain of lots whole: how much a piece weighs, as its producer states it.

CREATE TABLE unit_conversions (
  commune_id integer NOT NULL REFERENCES communes (id),
  id uuid NOT NULL,                          -- of the form: sent twice, it is one statement
  product_id uuid NOT NULL,
  quantity bigint,                           -- one piece is so many thousandths of uom; null: no longer stated
  uom text,
  stated_by uuid,
  stated_at timestamptz NOT NULL,            -- counts for what is recorded from then on
  PRIMARY KEY (commune_id, id),
  FOREIGN KEY (commune_id, product_id) REFERENCES products (commune_id, id)
);
CREATE INDEX unit_conversions_product ON unit_conversions (commune_id, product_id, stated_at);

-- What a lot was made from that came from outside.

ALTER TABLE parties ADD COLUMN kind text NOT NULL DEFAULT '';   -- firm, person; empty: a receiver, not asked
ALTER TABLE parties ADD COLUMN place text NOT NULL DEFAULT '';  -- in words

CREATE TABLE purchases (
  commune_id integer NOT NULL REFERENCES communes (id),
  id uuid NOT NULL,                          -- of the form: sent twice, it is one purchase
  lot_id uuid NOT NULL,                      -- what it went into
  party_id uuid NOT NULL,
  goods text NOT NULL,                       -- what was bought, in the buyer's words
  quantity bigint NOT NULL,                  -- thousandths of uom
  uom text NOT NULL,
  document text NOT NULL,                    -- number of the invoice or delivery note; empty: none
  bought_on text NOT NULL,                   -- YYYY-MM-DD
  event_id uuid NOT NULL,                    -- stands as long as this event does
  created_by uuid,
  created_at timestamptz NOT NULL,
  PRIMARY KEY (commune_id, id),
  FOREIGN KEY (commune_id, lot_id) REFERENCES lots (commune_id, id),
  FOREIGN KEY (commune_id, party_id) REFERENCES parties (commune_id, id),
  FOREIGN KEY (commune_id, event_id) REFERENCES trace_events (commune_id, id)
);
CREATE INDEX purchases_lot ON purchases (commune_id, lot_id);
CREATE INDEX purchases_party ON purchases (commune_id, party_id);
CREATE INDEX purchases_event ON purchases (commune_id, event_id);

-- What the office is to look at: recalls by producers, and requests for a recall.

CREATE TABLE recall_alerts (
  commune_id integer NOT NULL REFERENCES communes (id),
  id uuid NOT NULL,                          -- of a request, that of its form
  kind text NOT NULL,                        -- recalled, requested
  lot_id uuid NOT NULL,
  producer_id uuid NOT NULL,                 -- who recalled or asks
  recall_id uuid,                            -- of a recall
  reason text NOT NULL,
  state text NOT NULL,                       -- new, seen
  note text NOT NULL,                        -- what the office did
  created_by uuid,
  created_at timestamptz NOT NULL,
  seen_by uuid,
  seen_at timestamptz,
  PRIMARY KEY (commune_id, id),
  FOREIGN KEY (commune_id, lot_id) REFERENCES lots (commune_id, id),
  FOREIGN KEY (commune_id, producer_id) REFERENCES producers (commune_id, id),
  FOREIGN KEY (commune_id, recall_id) REFERENCES recalls (commune_id, id)
);
CREATE INDEX recall_alerts_state ON recall_alerts (commune_id, state, created_at);
CREATE INDEX recall_alerts_lot ON recall_alerts (commune_id, lot_id);
CREATE INDEX recall_alerts_producer ON recall_alerts (commune_id, producer_id);
CREATE INDEX recall_alerts_recall ON recall_alerts (commune_id, recall_id);

-- Last good days of lots that were changed.

CREATE TABLE best_before_changes (
  commune_id integer NOT NULL REFERENCES communes (id),
  id uuid NOT NULL,
  lot_id uuid NOT NULL,
  before_day text,                           -- YYYY-MM-DD
  after_day text,
  reason text NOT NULL,                      -- empty: changed before any label was printed
  changed_by uuid,
  changed_at timestamptz NOT NULL,
  PRIMARY KEY (commune_id, id),
  FOREIGN KEY (commune_id, lot_id) REFERENCES lots (commune_id, id)
);
CREATE INDEX best_before_changes_lot ON best_before_changes (commune_id, lot_id, changed_at);
