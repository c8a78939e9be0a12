-- Support given, exports logged, and what buyers send.

CREATE TABLE support_kinds (
  code text NOT NULL PRIMARY KEY,
  name_vi text NOT NULL,
  name_en text NOT NULL,
  position integer NOT NULL,
  hidden boolean NOT NULL
);

CREATE TABLE support_records (
  commune_id integer NOT NULL REFERENCES communes (id),
  id uuid NOT NULL,
  producer_id uuid NOT NULL,
  product_id uuid,
  kind text NOT NULL REFERENCES support_kinds (code),
  given_on text NOT NULL,                    -- YYYY-MM-DD
  quantity bigint,                           -- thousandths
  quantity_unit text NOT NULL,
  approved bigint NOT NULL,                  -- whole đồng
  paid bigint NOT NULL,
  note text NOT NULL,
  voided_at timestamptz,
  voided_by uuid,
  void_reason text,
  request_id uuid NOT NULL,                  -- of the form: the same form sent twice is one record
  created_by uuid,
  created_at timestamptz NOT NULL,
  PRIMARY KEY (commune_id, id),
  FOREIGN KEY (commune_id, producer_id) REFERENCES producers (commune_id, id),
  FOREIGN KEY (commune_id, product_id) REFERENCES products (commune_id, id)
);
CREATE INDEX support_records_producer ON support_records (commune_id, producer_id);
CREATE INDEX support_records_product ON support_records (commune_id, product_id);
CREATE INDEX support_records_kind ON support_records (kind);
CREATE INDEX support_records_given ON support_records (commune_id, given_on);
CREATE UNIQUE INDEX support_records_request ON support_records (commune_id, request_id, producer_id);

CREATE TABLE exports (
  commune_id integer NOT NULL REFERENCES communes (id),
  id uuid NOT NULL,
  at timestamptz NOT NULL,
  user_id uuid NOT NULL,
  what text NOT NULL,
  format text NOT NULL,
  purpose text NOT NULL,
  filter text NOT NULL,
  columns text NOT NULL,
  row_count bigint NOT NULL,
  PRIMARY KEY (commune_id, id)
);

CREATE TABLE enquiries (
  commune_id integer NOT NULL REFERENCES communes (id),
  id uuid NOT NULL,
  producer_id uuid NOT NULL,
  product_id uuid NOT NULL,
  label_id bigint,
  phone text NOT NULL,
  message text NOT NULL,
  state text NOT NULL,                       -- new, answered, closed
  request_id uuid NOT NULL,
  created_at timestamptz NOT NULL,
  answered_at timestamptz,
  PRIMARY KEY (commune_id, id),
  FOREIGN KEY (commune_id, producer_id) REFERENCES producers (commune_id, id),
  FOREIGN KEY (commune_id, product_id) REFERENCES products (commune_id, id)
);
CREATE INDEX enquiries_producer ON enquiries (commune_id, producer_id, state);
CREATE INDEX enquiries_product ON enquiries (commune_id, product_id);
CREATE UNIQUE INDEX enquiries_request ON enquiries (commune_id, request_id);

CREATE TABLE feedback (
  commune_id integer NOT NULL REFERENCES communes (id),
  id uuid NOT NULL,
  label_id bigint,
  product_id uuid,
  lot_id uuid,
  code_text text NOT NULL,                   -- as scanned, for codes that were never issued
  kind text NOT NULL,                        -- rating, report
  stars integer,
  message text NOT NULL,
  phone text NOT NULL,
  state text NOT NULL,                       -- new, closed
  request_id uuid NOT NULL,
  created_at timestamptz NOT NULL,
  closed_at timestamptz,
  PRIMARY KEY (commune_id, id),
  FOREIGN KEY (commune_id, product_id) REFERENCES products (commune_id, id),
  FOREIGN KEY (commune_id, lot_id) REFERENCES lots (commune_id, id)
);
CREATE INDEX feedback_product ON feedback (commune_id, product_id);
CREATE INDEX feedback_lot ON feedback (commune_id, lot_id);
CREATE INDEX feedback_state ON feedback (commune_id, kind, state);
CREATE UNIQUE INDEX feedback_request ON feedback (commune_id, request_id);
