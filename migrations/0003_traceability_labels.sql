-- Places, lots, trace events (EPCIS 2.0, append-only), label runs, labels, scans.

CREATE TABLE places (
  commune_id integer NOT NULL REFERENCES communes (id),
  id uuid NOT NULL,
  producer_id uuid NOT NULL,
  kind text NOT NULL,                        -- plot, workshop, store
  name text NOT NULL,
  village_id uuid,
  gln text,
  growing_area_code text,
  hidden boolean NOT NULL,
  created_at timestamptz NOT NULL,
  PRIMARY KEY (commune_id, id),
  FOREIGN KEY (commune_id, producer_id) REFERENCES producers (commune_id, id),
  FOREIGN KEY (commune_id, village_id) REFERENCES villages (commune_id, id)
);
CREATE INDEX places_producer ON places (commune_id, producer_id);
CREATE INDEX places_village ON places (commune_id, village_id);

CREATE TABLE lots (
  commune_id integer NOT NULL REFERENCES communes (id),
  id uuid NOT NULL,
  producer_id uuid NOT NULL,
  product_id uuid NOT NULL,
  place_id uuid,
  code text NOT NULL,                        -- e.g. K7Q2-M9
  state text NOT NULL,                       -- open, closed, recalled
  made_on text NOT NULL,
  best_before text,
  quantity bigint NOT NULL,                  -- thousandths of uom
  uom text NOT NULL,                         -- UN/CEFACT rec 20 code, EA for pieces
  recall_reason text,
  recalled_at timestamptz,
  recalled_by uuid,
  version bigint NOT NULL,
  page_version bigint NOT NULL DEFAULT 0,    -- counts up with each event: pages are made anew
  created_by uuid,
  created_at timestamptz NOT NULL,
  PRIMARY KEY (commune_id, id),
  FOREIGN KEY (commune_id, producer_id) REFERENCES producers (commune_id, id),
  FOREIGN KEY (commune_id, product_id) REFERENCES products (commune_id, id),
  FOREIGN KEY (commune_id, place_id) REFERENCES places (commune_id, id)
);
CREATE UNIQUE INDEX lots_code ON lots (commune_id, code);
CREATE INDEX lots_producer ON lots (commune_id, producer_id, made_on);
CREATE INDEX lots_product ON lots (commune_id, product_id, made_on);
CREATE INDEX lots_place ON lots (commune_id, place_id);

CREATE TABLE trace_events (
  commune_id integer NOT NULL REFERENCES communes (id),
  id uuid NOT NULL,
  event_id text NOT NULL,                    -- as captured, else the CBV 2.0 hash
  event_hash text NOT NULL,                  -- CBV 2.0 section 8.9
  is_error_declaration boolean NOT NULL,
  event_type text NOT NULL,
  action text,
  biz_step text,
  disposition text,
  event_time timestamptz NOT NULL,
  zone_offset text NOT NULL,
  record_time timestamptz NOT NULL,
  read_point text,
  biz_location text,
  producer_id uuid NOT NULL,
  place_id uuid,
  client_id uuid,                            -- the phone's own id of a diary step: a repeat is the same step
  step text NOT NULL,                        -- code in seed/step-templates.json
  note text NOT NULL,                        -- free text, beside the event: events hold no personal data
  body text NOT NULL,                        -- the whole event as accepted
  created_by uuid,
  PRIMARY KEY (commune_id, id),
  FOREIGN KEY (commune_id, producer_id) REFERENCES producers (commune_id, id),
  FOREIGN KEY (commune_id, place_id) REFERENCES places (commune_id, id)
);
CREATE UNIQUE INDEX trace_events_event ON trace_events (commune_id, event_id, is_error_declaration);
CREATE UNIQUE INDEX trace_events_client ON trace_events (commune_id, producer_id, client_id);
CREATE INDEX trace_events_place ON trace_events (commune_id, place_id);

CREATE TABLE trace_event_lots (
  commune_id integer NOT NULL REFERENCES communes (id),
  event_id uuid NOT NULL,
  lot_id uuid NOT NULL,
  role text NOT NULL,                        -- input, output, object, parent, child
  quantity bigint,                           -- thousandths of uom
  uom text,
  PRIMARY KEY (commune_id, event_id, lot_id, role),
  FOREIGN KEY (commune_id, event_id) REFERENCES trace_events (commune_id, id),
  FOREIGN KEY (commune_id, lot_id) REFERENCES lots (commune_id, id)
);
CREATE INDEX trace_event_lots_lot ON trace_event_lots (commune_id, lot_id, role);

CREATE TABLE trace_event_files (
  commune_id integer NOT NULL REFERENCES communes (id),
  event_id uuid NOT NULL,
  file_id uuid NOT NULL,
  PRIMARY KEY (commune_id, event_id, file_id),
  FOREIGN KEY (commune_id, event_id) REFERENCES trace_events (commune_id, id),
  FOREIGN KEY (commune_id, file_id) REFERENCES files (commune_id, id)
);
CREATE INDEX trace_event_files_file ON trace_event_files (commune_id, file_id);

CREATE TABLE label_runs (
  commune_id integer NOT NULL REFERENCES communes (id),
  id uuid NOT NULL,
  number bigint NOT NULL,                    -- counts up per commune
  kind text NOT NULL,                        -- product, lot, serial
  producer_id uuid NOT NULL,
  product_id uuid NOT NULL,
  lot_id uuid,
  count bigint NOT NULL,                     -- printed copies (product, lot) or pieces (serial)
  purpose text NOT NULL,
  created_by uuid,
  created_at timestamptz NOT NULL,
  voided_at timestamptz,
  void_reason text,
  PRIMARY KEY (commune_id, id),
  FOREIGN KEY (commune_id, producer_id) REFERENCES producers (commune_id, id),
  FOREIGN KEY (commune_id, product_id) REFERENCES products (commune_id, id),
  FOREIGN KEY (commune_id, lot_id) REFERENCES lots (commune_id, id)
);
CREATE UNIQUE INDEX label_runs_number ON label_runs (commune_id, number);
CREATE INDEX label_runs_producer ON label_runs (commune_id, producer_id);
CREATE INDEX label_runs_product ON label_runs (commune_id, product_id);
CREATE INDEX label_runs_lot ON label_runs (commune_id, lot_id);

CREATE TABLE labels (
  commune_id integer NOT NULL REFERENCES communes (id),
  id bigint NOT NULL,                        -- the code's 48 random bits
  run_id uuid NOT NULL,
  serial bigint,                             -- 1 … count in a serial run
  voided_at timestamptz,
  PRIMARY KEY (commune_id, id),
  FOREIGN KEY (commune_id, run_id) REFERENCES label_runs (commune_id, id)
);
CREATE INDEX labels_run ON labels (commune_id, run_id, serial);

-- Written in groups on a connection of its own. No foreign key to labels: PostgreSQL would lock the
-- label's row for every opening; a code is looked up before its scan is written.
CREATE TABLE scans (
  commune_id integer NOT NULL,
  id uuid NOT NULL,
  label_id bigint NOT NULL,
  at timestamptz NOT NULL,
  visitor text NOT NULL,                     -- daily-salted hash; no address is kept
  device text NOT NULL,                      -- phone, tablet, desktop, other
  referrer text NOT NULL,                    -- direct, search, social, other
  person boolean NOT NULL,                   -- false: crawler or link preview
  PRIMARY KEY (commune_id, id)
);
CREATE INDEX scans_label ON scans (commune_id, label_id, at);
CREATE INDEX scans_at ON scans (commune_id, at);

CREATE TABLE scan_salts (
  day text NOT NULL PRIMARY KEY,
  salt text NOT NULL
);
