-- Producers, products, the revisions under review, files, consent, certificates, OCOP decisions.

CREATE TABLE producers (
  commune_id integer NOT NULL REFERENCES communes (id),
  id uuid NOT NULL,
  short text NOT NULL,                       -- 8 base32 characters of the public address
  state text NOT NULL,                       -- draft, submitted, changes_requested, approved, rejected, suspended
  kind text NOT NULL,
  name text NOT NULL,
  name_folded text NOT NULL,
  village_id uuid,
  phone text,                                -- for finding duplicates; shown only with consent
  tax_code text,
  content text NOT NULL,                     -- JSON of producers::ProducerContent, the live version
  channel text NOT NULL,                     -- self, helper, office, import
  version bigint NOT NULL,
  page_version bigint NOT NULL DEFAULT 0,    -- counts up with each consent given or withdrawn: pages are made anew
  created_by uuid,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  approved_at timestamptz,
  PRIMARY KEY (commune_id, id),
  FOREIGN KEY (commune_id, village_id) REFERENCES villages (commune_id, id)
);
CREATE UNIQUE INDEX producers_short ON producers (commune_id, short);
CREATE INDEX producers_village ON producers (commune_id, village_id);
CREATE INDEX producers_state ON producers (commune_id, state, name_folded);
CREATE INDEX producers_phone ON producers (commune_id, phone);
CREATE INDEX producers_tax_code ON producers (commune_id, tax_code);

CREATE TABLE grants (
  id uuid NOT NULL PRIMARY KEY,
  user_id uuid NOT NULL REFERENCES users (id),
  role text NOT NULL,                        -- owner, staff, helper, officer, viewer, admin, operator
  commune_id integer REFERENCES communes (id), -- NULL for operator: all communes
  producer_id uuid,                          -- owner and staff
  village_id uuid,                           -- helper
  created_at timestamptz NOT NULL,
  FOREIGN KEY (commune_id, producer_id) REFERENCES producers (commune_id, id),
  FOREIGN KEY (commune_id, village_id) REFERENCES villages (commune_id, id)
);
CREATE INDEX grants_user ON grants (user_id);
CREATE INDEX grants_producer ON grants (commune_id, producer_id);
CREATE INDEX grants_village ON grants (commune_id, village_id);

CREATE TABLE products (
  commune_id integer NOT NULL REFERENCES communes (id),
  id uuid NOT NULL,
  producer_id uuid NOT NULL,
  short text NOT NULL,
  state text NOT NULL,                       -- as producers.state
  name text NOT NULL,
  name_folded text NOT NULL,
  category text NOT NULL,                    -- code in seed/categories.json, '' while a draft lacks it
  content text NOT NULL,                     -- JSON of products::ProductContent, the live version
  price_min bigint,                          -- whole đồng
  price_max bigint,
  unit text NOT NULL,
  season integer NOT NULL,                   -- bit 0 = January … bit 11 = December
  availability text NOT NULL,
  version bigint NOT NULL,
  page_version bigint NOT NULL DEFAULT 0,    -- counts up with certificates and OCOP decisions: pages are made anew
  created_by uuid,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  approved_at timestamptz,
  PRIMARY KEY (commune_id, id),
  FOREIGN KEY (commune_id, producer_id) REFERENCES producers (commune_id, id)
);
CREATE UNIQUE INDEX products_short ON products (commune_id, short);
CREATE INDEX products_producer ON products (commune_id, producer_id);
CREATE INDEX products_state ON products (commune_id, state, name_folded);
CREATE INDEX products_approved ON products (commune_id, state, approved_at);

CREATE TABLE revisions (
  commune_id integer NOT NULL REFERENCES communes (id),
  id uuid NOT NULL,
  producer_id uuid NOT NULL,
  product_id uuid,                           -- NULL: a revision of the producer itself
  state text NOT NULL,                       -- draft, submitted, changes_requested, approved, rejected, withdrawn
  content text NOT NULL,                     -- JSON of the whole content as it shall become
  note text NOT NULL,                        -- officer's words
  field_notes text NOT NULL,                 -- JSON: field -> what to change
  author_id uuid,
  channel text NOT NULL,
  decided_by uuid,
  decided_at timestamptz,
  submitted_at timestamptz,
  version bigint NOT NULL,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  PRIMARY KEY (commune_id, id),
  FOREIGN KEY (commune_id, producer_id) REFERENCES producers (commune_id, id),
  FOREIGN KEY (commune_id, product_id) REFERENCES products (commune_id, id)
);
CREATE INDEX revisions_producer ON revisions (commune_id, producer_id);
CREATE INDEX revisions_product ON revisions (commune_id, product_id);
CREATE INDEX revisions_state ON revisions (commune_id, state, submitted_at);
-- At most one open revision of a subject: two editors meet in the same one and its version tells them.
CREATE UNIQUE INDEX revisions_open_product ON revisions (commune_id, product_id)
  WHERE product_id IS NOT NULL AND state IN ('draft', 'submitted', 'changes_requested');
CREATE UNIQUE INDEX revisions_open_producer ON revisions (commune_id, producer_id)
  WHERE product_id IS NULL AND state IN ('draft', 'submitted', 'changes_requested');

CREATE TABLE files (
  commune_id integer NOT NULL REFERENCES communes (id),
  id uuid NOT NULL,
  producer_id uuid,
  kind text NOT NULL,                        -- picture, paper
  state text NOT NULL,                       -- pending, ready, refused
  media_type text NOT NULL,
  bytes bigint NOT NULL,
  sha256 text NOT NULL,
  width integer,
  height integer,
  name text NOT NULL,                        -- as uploaded, for people
  refusal text,
  public boolean NOT NULL,                   -- shown to visitors: part of an approved record
  created_by uuid,
  created_at timestamptz NOT NULL,
  PRIMARY KEY (commune_id, id),
  FOREIGN KEY (commune_id, producer_id) REFERENCES producers (commune_id, id)
);
CREATE INDEX files_producer ON files (commune_id, producer_id);

CREATE TABLE consents (
  commune_id integer NOT NULL REFERENCES communes (id),
  id uuid NOT NULL,
  producer_id uuid NOT NULL,
  field text NOT NULL,                       -- phone, representative, address, labels
  text_version text NOT NULL,
  channel text NOT NULL,                     -- self, helper, paper
  evidence text NOT NULL,                    -- how and where it was given, as the helper wrote it
  recorded_by uuid,
  given_at timestamptz NOT NULL,
  withdrawn_at timestamptz,
  PRIMARY KEY (commune_id, id),
  FOREIGN KEY (commune_id, producer_id) REFERENCES producers (commune_id, id)
);
CREATE INDEX consents_producer ON consents (commune_id, producer_id);
CREATE UNIQUE INDEX consents_standing ON consents (commune_id, producer_id, field) WHERE withdrawn_at IS NULL;

CREATE TABLE certificates (
  commune_id integer NOT NULL REFERENCES communes (id),
  id uuid NOT NULL,
  producer_id uuid NOT NULL,
  product_id uuid,
  kind text NOT NULL,                        -- code in seed/certificate-kinds.json
  number text NOT NULL,
  issuer text NOT NULL,
  scope text NOT NULL,
  issued_on text,                            -- YYYY-MM-DD
  expires_on text,
  file_id uuid,
  retired_at timestamptz,
  created_at timestamptz NOT NULL,
  PRIMARY KEY (commune_id, id),
  FOREIGN KEY (commune_id, producer_id) REFERENCES producers (commune_id, id),
  FOREIGN KEY (commune_id, product_id) REFERENCES products (commune_id, id),
  FOREIGN KEY (commune_id, file_id) REFERENCES files (commune_id, id)
);
CREATE INDEX certificates_producer ON certificates (commune_id, producer_id);
CREATE INDEX certificates_product ON certificates (commune_id, product_id);
CREATE INDEX certificates_file ON certificates (commune_id, file_id);

CREATE TABLE ocop_decisions (
  commune_id integer NOT NULL REFERENCES communes (id),
  id uuid NOT NULL,
  product_id uuid NOT NULL,
  number text NOT NULL,
  authority text NOT NULL,
  decided_on text NOT NULL,
  expires_on text NOT NULL,                  -- 36 months after, unless the paper says otherwise
  stars integer NOT NULL,
  file_id uuid,
  recorded_by uuid,
  voided_at timestamptz,
  created_at timestamptz NOT NULL,
  PRIMARY KEY (commune_id, id),
  FOREIGN KEY (commune_id, product_id) REFERENCES products (commune_id, id),
  FOREIGN KEY (commune_id, file_id) REFERENCES files (commune_id, id)
);
CREATE INDEX ocop_decisions_product ON ocop_decisions (commune_id, product_id);
CREATE INDEX ocop_decisions_file ON ocop_decisions (commune_id, file_id);
