-- The yearly review of products (rà soát): potential for OCOP and for digital channels, what is missing, who helps by
-- when.

CREATE TABLE potential_reviews (
  commune_id integer NOT NULL REFERENCES communes (id),
  id uuid NOT NULL,
  product_id uuid NOT NULL,
  year integer NOT NULL,
  ocop text NOT NULL,                        -- yes, later, no
  digital text NOT NULL,                     -- yes, later, no
  note text NOT NULL,
  version bigint NOT NULL,
  reviewed_by uuid,
  reviewed_at timestamptz NOT NULL,
  created_at timestamptz NOT NULL,
  PRIMARY KEY (commune_id, id),
  FOREIGN KEY (commune_id, product_id) REFERENCES products (commune_id, id)
);
-- One review of a product a year.
CREATE UNIQUE INDEX potential_reviews_product ON potential_reviews (commune_id, product_id, year);
-- A year's products by what was found, without reading a row.
CREATE INDEX potential_reviews_year ON potential_reviews (commune_id, year, ocop, digital, product_id, id);

CREATE TABLE potential_gaps (
  commune_id integer NOT NULL REFERENCES communes (id),
  id uuid NOT NULL,
  review_id uuid NOT NULL,
  gap text NOT NULL,                         -- packaging, brand, traceability, standard, volume, channel, story
  words text NOT NULL,                       -- what exactly
  helper text NOT NULL,                      -- who helps
  due_on text,                               -- YYYY-MM-DD: by when
  state text NOT NULL,                       -- open, proposed, done, dropped
  record_id uuid,                            -- the support that was proposed for it
  PRIMARY KEY (commune_id, id),
  FOREIGN KEY (commune_id, review_id) REFERENCES potential_reviews (commune_id, id),
  FOREIGN KEY (commune_id, record_id) REFERENCES support_records (commune_id, id)
);
CREATE UNIQUE INDEX potential_gaps_review ON potential_gaps (commune_id, review_id, gap);
CREATE INDEX potential_gaps_record ON potential_gaps (commune_id, record_id);
-- What is still to be done, by kind and by day.
CREATE INDEX potential_gaps_open ON potential_gaps (commune_id, state, gap, due_on, review_id);
