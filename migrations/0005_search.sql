-- What search needs besides the index: how often a product's labels were opened, and what people did not find.

CREATE TABLE product_scans (
  commune_id integer NOT NULL REFERENCES communes (id),
  product_id uuid NOT NULL,
  scans bigint NOT NULL,                     -- by people, in the 30 days before counted_at
  counted_at timestamptz NOT NULL,
  PRIMARY KEY (commune_id, product_id),
  FOREIGN KEY (commune_id, product_id) REFERENCES products (commune_id, id)
);

CREATE TABLE search_misses (
  commune_id integer NOT NULL REFERENCES communes (id),
  folded text NOT NULL,                      -- the words without marks
  asked text NOT NULL,                       -- as last typed
  times bigint NOT NULL,
  first_at timestamptz NOT NULL,
  last_at timestamptz NOT NULL,
  PRIMARY KEY (commune_id, folded)
);
CREATE INDEX search_misses_last ON search_misses (commune_id, last_at);
