-- The office's registers of producers and products: what they are filtered and ordered by, in narrow rows beside the
-- records, written with them. Records hold whole contents, and a table of twenty thousand of them is slow to read.

CREATE TABLE producer_register (
  commune_id integer NOT NULL REFERENCES communes (id),
  producer_id uuid NOT NULL,
  name_folded text NOT NULL,
  name_key text NOT NULL DEFAULT '',         -- what is left of the name without words of its kind; filled at start
  kind text NOT NULL,
  state text NOT NULL,
  village_id uuid,
  phone text,
  tax_code text,
  updated_at timestamptz NOT NULL,
  PRIMARY KEY (commune_id, producer_id),
  FOREIGN KEY (commune_id, producer_id) REFERENCES producers (commune_id, id),
  FOREIGN KEY (commune_id, village_id) REFERENCES villages (commune_id, id)
);
INSERT INTO producer_register (commune_id, producer_id, name_folded, kind, state, village_id, phone, tax_code,
    updated_at)
  SELECT commune_id, id, name_folded, kind, state, village_id, phone, tax_code, updated_at FROM producers;
-- In the order of names with all that lists filter by: a page stops where it is full.
CREATE INDEX producer_register_name
  ON producer_register (commune_id, name_folded, producer_id, state, kind, village_id, phone, tax_code);
-- Producers that may be the same: by what they have in common.
CREATE INDEX producer_register_key ON producer_register (commune_id, village_id, name_key, state, producer_id);
CREATE INDEX producer_register_phone ON producer_register (commune_id, phone, state, producer_id);
CREATE INDEX producer_register_tax_code ON producer_register (commune_id, tax_code, state, producer_id);

CREATE TABLE product_register (
  commune_id integer NOT NULL REFERENCES communes (id),
  product_id uuid NOT NULL,
  producer_id uuid NOT NULL,
  name_folded text NOT NULL,
  producer_folded text NOT NULL,
  producer_kind text NOT NULL,
  village_id uuid,                           -- of the producer
  category text NOT NULL,
  state text NOT NULL,
  price_min bigint,                          -- whole đồng
  updated_at timestamptz NOT NULL,
  PRIMARY KEY (commune_id, product_id),
  FOREIGN KEY (commune_id, product_id) REFERENCES products (commune_id, id),
  FOREIGN KEY (commune_id, producer_id) REFERENCES producers (commune_id, id),
  FOREIGN KEY (commune_id, village_id) REFERENCES villages (commune_id, id)
);
INSERT INTO product_register (commune_id, product_id, producer_id, name_folded, producer_folded, producer_kind,
    village_id, category, state, price_min, updated_at)
  SELECT s.commune_id, s.id, s.producer_id, s.name_folded, p.name_folded, p.kind, p.village_id, s.category, s.state,
    s.price_min, s.updated_at
  FROM products s JOIN producers p ON p.commune_id = s.commune_id AND p.id = s.producer_id;
CREATE INDEX product_register_name ON product_register
  (commune_id, name_folded, product_id, state, category, village_id, producer_kind, producer_folded, price_min);
CREATE INDEX product_register_producer ON product_register (commune_id, producer_id, state);
CREATE INDEX product_register_village ON product_register (commune_id, village_id);

-- Which products have certificates on a day, without reading a row.
CREATE INDEX certificates_terms ON certificates (commune_id, product_id, retired_at, issued_on, expires_on);
DROP INDEX certificates_product;
-- How many lots each product has, without reading a row.
CREATE INDEX lots_counted ON lots (commune_id, product_id, state);
-- Stars that stand on a day.
CREATE INDEX ocop_decisions_term ON ocop_decisions (commune_id, expires_on);
