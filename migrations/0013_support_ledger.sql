-- The support ledger: programmes of a year, kinds as each commune has them, records in steps with their history and
-- evidence, and what producers say they need.

CREATE TABLE support_programmes (
  commune_id integer NOT NULL REFERENCES communes (id),
  id uuid NOT NULL,
  year integer NOT NULL,
  name text NOT NULL,
  budget bigint NOT NULL,                    -- whole đồng
  source text NOT NULL,                      -- where the money comes from
  legal_basis text NOT NULL,
  targets text NOT NULL,                     -- one a line: a number and its unit, e.g. 50 hộ
  state text NOT NULL,                       -- open, closed
  version bigint NOT NULL,
  request_id uuid NOT NULL,                  -- of the form: the same form sent twice is one programme
  created_by uuid,
  created_at timestamptz NOT NULL,
  PRIMARY KEY (commune_id, id)
);
CREATE UNIQUE INDEX support_programmes_request ON support_programmes (commune_id, request_id);
CREATE INDEX support_programmes_year ON support_programmes (commune_id, year);

-- A commune's own words and rules for a kind. A kind of its own is hidden in the shared list and shown here.
CREATE TABLE commune_support_kinds (
  commune_id integer NOT NULL REFERENCES communes (id),
  code text NOT NULL REFERENCES support_kinds (code),
  name_vi text NOT NULL,
  name_en text NOT NULL,
  months integer NOT NULL,                   -- the same kind again within so many months is warned of; 0: never
  hidden boolean NOT NULL,
  version bigint NOT NULL,
  PRIMARY KEY (commune_id, code)
);
CREATE INDEX commune_support_kinds_code ON commune_support_kinds (code);

CREATE TABLE support_ledger (
  commune_id integer NOT NULL REFERENCES communes (id),
  id uuid NOT NULL,
  producer_id uuid NOT NULL,
  product_id uuid,
  programme_id uuid,
  kind text NOT NULL REFERENCES support_kinds (code),
  state text NOT NULL,                       -- proposed, approved, delivered, known, void
  year integer NOT NULL,                     -- of given_on
  given_on text NOT NULL,                    -- YYYY-MM-DD; until it is delivered, the day it is meant for
  quantity bigint,                           -- thousandths
  quantity_unit text NOT NULL,
  budgeted bigint NOT NULL,                  -- whole đồng
  approved bigint NOT NULL,
  paid bigint NOT NULL,
  overpaid text NOT NULL,                    -- why more was paid than approved; empty where it was not
  note text NOT NULL,
  result_due text,                           -- YYYY-MM-DD: when to ask what came of it
  result text NOT NULL,
  result_amount bigint,                      -- thousandths
  result_unit text NOT NULL,
  voided_at timestamptz,
  voided_by uuid,
  void_reason text,
  version bigint NOT NULL,
  request_id uuid NOT NULL,                  -- of the form: the same form sent twice is one record a producer
  created_by uuid,
  created_at timestamptz NOT NULL,
  PRIMARY KEY (commune_id, id),
  FOREIGN KEY (commune_id, producer_id) REFERENCES producers (commune_id, id),
  FOREIGN KEY (commune_id, product_id) REFERENCES products (commune_id, id),
  FOREIGN KEY (commune_id, programme_id) REFERENCES support_programmes (commune_id, id)
);
INSERT INTO support_ledger (commune_id, id, producer_id, product_id, kind, state, year, given_on, quantity,
    quantity_unit, budgeted, approved, paid, overpaid, note, result, result_unit, voided_at, voided_by, void_reason,
    version, request_id, created_by, created_at)
  SELECT commune_id, id, producer_id, product_id, kind, CASE WHEN voided_at IS NULL THEN 'delivered' ELSE 'void' END,
    CAST(SUBSTR(given_on, 1, 4) AS integer), given_on, quantity, quantity_unit, approved, approved, paid, '', note, '',
    '', voided_at, voided_by, void_reason, 1, request_id, created_by, created_at
  FROM support_records;
DROP TABLE support_records;
ALTER TABLE support_ledger RENAME TO support_records;

CREATE UNIQUE INDEX support_records_request ON support_records (commune_id, request_id, producer_id);
CREATE INDEX support_records_kind ON support_records (kind);
CREATE INDEX support_records_product ON support_records (commune_id, product_id);
-- One producer's records; the same kind given before.
CREATE INDEX support_records_producer ON support_records (commune_id, producer_id, kind, given_on, state);
-- A programme's sums, without reading a row.
CREATE INDEX support_records_programme
  ON support_records (commune_id, programme_id, state, budgeted, approved, paid);
-- A year's list in its order, and its sums by producer, filtered without reading a row.
CREATE INDEX support_records_listed
  ON support_records (commune_id, year, given_on, id, state, kind, programme_id, producer_id);
CREATE INDEX support_records_summed
  ON support_records (commune_id, year, producer_id, state, kind, programme_id, budgeted, approved, paid);
-- Results to be asked for.
CREATE INDEX support_records_due ON support_records (commune_id, state, result_due);

-- Names in order with all that lists filter by.
CREATE INDEX producers_named ON producers (commune_id, name_folded, id, village_id, kind, state);

-- What happened to a record, step by step; only ever added to.
CREATE TABLE support_steps (
  commune_id integer NOT NULL REFERENCES communes (id),
  id uuid NOT NULL,
  record_id uuid NOT NULL,
  step text NOT NULL,                        -- proposed, approved, delivered, known, changed, evidence, void
  told text NOT NULL,                        -- what it was before and became, in short
  note text NOT NULL,
  by_user uuid,
  at timestamptz NOT NULL,
  PRIMARY KEY (commune_id, id),
  FOREIGN KEY (commune_id, record_id) REFERENCES support_records (commune_id, id)
);
CREATE INDEX support_steps_record ON support_steps (commune_id, record_id, id);

INSERT INTO support_steps (commune_id, id, record_id, step, told, note, by_user, at)
  SELECT commune_id, id, id, 'delivered', '', note, created_by, created_at FROM support_records;

CREATE TABLE support_evidence (
  commune_id integer NOT NULL REFERENCES communes (id),
  record_id uuid NOT NULL,
  file_id uuid NOT NULL,
  added_by uuid,
  added_at timestamptz NOT NULL,
  PRIMARY KEY (commune_id, record_id, file_id),
  FOREIGN KEY (commune_id, record_id) REFERENCES support_records (commune_id, id),
  FOREIGN KEY (commune_id, file_id) REFERENCES files (commune_id, id)
);
CREATE INDEX support_evidence_file ON support_evidence (commune_id, file_id);

CREATE TABLE support_needs (
  commune_id integer NOT NULL REFERENCES communes (id),
  id uuid NOT NULL,
  producer_id uuid NOT NULL,
  product_id uuid,
  kind text NOT NULL REFERENCES support_kinds (code),
  words text NOT NULL,
  channel text NOT NULL,                     -- self, helper, office
  state text NOT NULL,                       -- open, programme, later, refused, withdrawn
  programme_id uuid,                         -- of the answer
  later text NOT NULL,                       -- when, as the office said it
  answer text NOT NULL,                      -- the office's words
  answered_by uuid,
  answered_at timestamptz,
  version bigint NOT NULL,
  request_id uuid NOT NULL,
  created_by uuid,
  created_at timestamptz NOT NULL,
  PRIMARY KEY (commune_id, id),
  FOREIGN KEY (commune_id, producer_id) REFERENCES producers (commune_id, id),
  FOREIGN KEY (commune_id, product_id) REFERENCES products (commune_id, id),
  FOREIGN KEY (commune_id, programme_id) REFERENCES support_programmes (commune_id, id)
);
CREATE UNIQUE INDEX support_needs_request ON support_needs (commune_id, request_id);
CREATE INDEX support_needs_producer ON support_needs (commune_id, producer_id, created_at);
CREATE INDEX support_needs_product ON support_needs (commune_id, product_id);
CREATE INDEX support_needs_kind ON support_needs (kind);
CREATE INDEX support_needs_programme ON support_needs (commune_id, programme_id);
CREATE INDEX support_needs_state ON support_needs (commune_id, state, created_at);
