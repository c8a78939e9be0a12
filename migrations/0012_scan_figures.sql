-- Openings of labels counted up by hour and day; signs of misuse and the cases made of them.

-- True once the sums below hold it.
ALTER TABLE scans ADD COLUMN counted boolean NOT NULL DEFAULT FALSE;
-- Ids begin with the time, so the key leads to old openings; what takes the place of the index by time is as large.
DROP INDEX scans_at;
CREATE INDEX scans_waiting ON scans (commune_id, counted, id) WHERE counted = FALSE;

-- A row of each commune, locked by whoever counts.
CREATE TABLE scan_counting (
  commune_id integer NOT NULL PRIMARY KEY REFERENCES communes (id),
  counted_at timestamptz NOT NULL
);

-- In all of these: people: openings by people; others: by crawlers, link previews, programs.
CREATE TABLE scan_product_hours (
  commune_id integer NOT NULL REFERENCES communes (id),
  product_id uuid NOT NULL,
  begins_at timestamptz NOT NULL,
  people bigint NOT NULL,
  others bigint NOT NULL,
  PRIMARY KEY (commune_id, product_id, begins_at),
  FOREIGN KEY (commune_id, product_id) REFERENCES products (commune_id, id)
);

CREATE TABLE scan_product_days (
  commune_id integer NOT NULL REFERENCES communes (id),
  product_id uuid NOT NULL,
  day text NOT NULL,                         -- YYYY-MM-DD in Việt Nam
  people bigint NOT NULL,
  others bigint NOT NULL,
  PRIMARY KEY (commune_id, product_id, day),
  FOREIGN KEY (commune_id, product_id) REFERENCES products (commune_id, id)
);
CREATE INDEX scan_product_days_day ON scan_product_days (commune_id, day);

CREATE TABLE scan_lot_days (
  commune_id integer NOT NULL REFERENCES communes (id),
  lot_id uuid NOT NULL,
  day text NOT NULL,
  people bigint NOT NULL,
  others bigint NOT NULL,
  PRIMARY KEY (commune_id, lot_id, day),
  FOREIGN KEY (commune_id, lot_id) REFERENCES lots (commune_id, id)
);

CREATE TABLE scan_village_days (
  commune_id integer NOT NULL REFERENCES communes (id),
  village_id uuid NOT NULL,                  -- the producer's when it was counted
  day text NOT NULL,
  people bigint NOT NULL,
  others bigint NOT NULL,
  PRIMARY KEY (commune_id, village_id, day),
  FOREIGN KEY (commune_id, village_id) REFERENCES villages (commune_id, id)
);

CREATE TABLE scan_way_days (
  commune_id integer NOT NULL REFERENCES communes (id),
  product_id uuid NOT NULL,
  day text NOT NULL,
  device text NOT NULL,                      -- as scans.device
  referrer text NOT NULL,                    -- as scans.referrer
  people bigint NOT NULL,
  PRIMARY KEY (commune_id, product_id, day, device, referrer),
  FOREIGN KEY (commune_id, product_id) REFERENCES products (commune_id, id)
);

-- Openings by people of one piece's label whose rows are gone: its page goes on counting.
CREATE TABLE scan_past (
  commune_id integer NOT NULL REFERENCES communes (id),
  label_id bigint NOT NULL,
  people bigint NOT NULL,
  PRIMARY KEY (commune_id, label_id),
  FOREIGN KEY (commune_id, label_id) REFERENCES labels (commune_id, id)
);

-- How often a producer's number was tapped, as far as browsers tell it.
CREATE TABLE product_calls (
  commune_id integer NOT NULL REFERENCES communes (id),
  product_id uuid NOT NULL,
  day text NOT NULL,
  calls bigint NOT NULL,
  PRIMARY KEY (commune_id, product_id, day),
  FOREIGN KEY (commune_id, product_id) REFERENCES products (commune_id, id)
);

-- Prints have been recorded since 0011; runs that were printed before can't be told from runs that were not.
ALTER TABLE label_runs ADD COLUMN prints_known boolean NOT NULL DEFAULT TRUE;
UPDATE label_runs SET prints_known = FALSE
  WHERE NOT EXISTS (SELECT 1 FROM label_prints p WHERE p.commune_id = label_runs.commune_id AND p.run_id = label_runs.id);

-- Pieces that their seller marked as sold or used up.
CREATE TABLE label_marks (
  commune_id integer NOT NULL REFERENCES communes (id),
  id uuid NOT NULL,
  run_id uuid NOT NULL,
  first_serial bigint NOT NULL,
  last_serial bigint NOT NULL,
  kind text NOT NULL,                        -- sold, used
  created_by uuid,
  created_at timestamptz NOT NULL,
  withdrawn_by uuid,
  withdrawn_at timestamptz,
  PRIMARY KEY (commune_id, id),
  FOREIGN KEY (commune_id, run_id) REFERENCES label_runs (commune_id, id)
);
CREATE INDEX label_marks_run ON label_marks (commune_id, run_id, first_serial);

-- Well-formed codes that were never issued, by who tried them.
CREATE TABLE code_guesses (
  commune_id integer NOT NULL REFERENCES communes (id),
  day text NOT NULL,
  source text NOT NULL,                      -- daily-salted hash of the network; no address is kept
  codes bigint NOT NULL,                     -- different ones
  first_at timestamptz NOT NULL,
  last_at timestamptz NOT NULL,
  PRIMARY KEY (commune_id, day, source)
);

CREATE TABLE misuse_cases (
  commune_id integer NOT NULL REFERENCES communes (id),
  id uuid NOT NULL,
  number bigint NOT NULL,                    -- counts up per commune
  rule text NOT NULL,                        -- many_visitors, after_sale, guessing, unfit_goods, before_print
  subject text NOT NULL,                     -- what the rule looks at: number of a label, id of a run or lot, a source
  label_id bigint,
  run_id uuid,
  lot_id uuid,
  producer_id uuid,
  state text NOT NULL,                       -- open, closed
  score bigint NOT NULL,                     -- 50: at the threshold; 100: twice of it or more
  evidence text NOT NULL,                    -- JSON of misuse::Evidence
  opened_at timestamptz NOT NULL,
  seen_at timestamptz NOT NULL,              -- when the evidence last grew
  outcome text,                              -- misuse, false_alarm, unclear
  note text NOT NULL,
  closed_by uuid,
  closed_at timestamptz,
  version bigint NOT NULL,
  PRIMARY KEY (commune_id, id),
  FOREIGN KEY (commune_id, label_id) REFERENCES labels (commune_id, id),
  FOREIGN KEY (commune_id, run_id) REFERENCES label_runs (commune_id, id),
  FOREIGN KEY (commune_id, lot_id) REFERENCES lots (commune_id, id),
  FOREIGN KEY (commune_id, producer_id) REFERENCES producers (commune_id, id)
);
CREATE UNIQUE INDEX misuse_cases_number ON misuse_cases (commune_id, number);
CREATE UNIQUE INDEX misuse_cases_open ON misuse_cases (commune_id, rule, subject) WHERE state = 'open';
CREATE INDEX misuse_cases_subject ON misuse_cases (commune_id, rule, subject, closed_at);
CREATE INDEX misuse_cases_state ON misuse_cases (commune_id, state, opened_at);
CREATE INDEX misuse_cases_label ON misuse_cases (commune_id, label_id);
CREATE INDEX misuse_cases_run ON misuse_cases (commune_id, run_id);
CREATE INDEX misuse_cases_lot ON misuse_cases (commune_id, lot_id);
CREATE INDEX misuse_cases_producer ON misuse_cases (commune_id, producer_id, state);

-- A report is read with the label it is about.
CREATE INDEX feedback_label ON feedback (commune_id, label_id);
