-- What the office filters, orders and counts its producers by, beside what is there: approved products, the support that
-- was given last, until when stars hold. Written with what they tell of (producers::listed).

-- Approved products.
ALTER TABLE producer_register ADD COLUMN products integer NOT NULL DEFAULT 0;
-- Last day of the decision on three to five stars for one of its products that holds longest; '' without one.
ALTER TABLE producer_register ADD COLUMN stars_until text NOT NULL DEFAULT '';
-- Last day on which it was given support; '' if never.
ALTER TABLE producer_register ADD COLUMN supported_on text NOT NULL DEFAULT '';
-- How often it was given support in that day's year.
ALTER TABLE producer_register ADD COLUMN supported integer NOT NULL DEFAULT 0;
UPDATE producer_register SET
  products = (SELECT COUNT(*) FROM product_register s WHERE s.commune_id = producer_register.commune_id
    AND s.producer_id = producer_register.producer_id AND s.state = 'approved'),
  stars_until = COALESCE((SELECT MAX(s.stars_until) FROM product_register s
    WHERE s.commune_id = producer_register.commune_id AND s.producer_id = producer_register.producer_id), ''),
  supported_on = COALESCE((SELECT MAX(r.given_on) FROM support_records r
    WHERE r.commune_id = producer_register.commune_id AND r.producer_id = producer_register.producer_id
      AND r.state IN ('delivered', 'known')), '');
UPDATE producer_register SET
  supported = (SELECT COUNT(*) FROM support_records r
    WHERE r.commune_id = producer_register.commune_id AND r.producer_id = producer_register.producer_id
      AND r.state IN ('delivered', 'known') AND r.year = CAST(SUBSTR(supported_on, 1, 4) AS integer))
  WHERE supported_on <> '';
DROP INDEX producer_register_name;
CREATE INDEX producer_register_name ON producer_register (commune_id, name_folded, producer_id, state, kind, village_id,
  phone, tax_code, products, stars_until, supported_on, supported, updated_at);
-- By village: what the office sees at a glance is summed from it.
CREATE INDEX producer_register_village
  ON producer_register (commune_id, village_id, supported_on, supported, products);
-- A year's support by kind, in the order in which it is counted.
CREATE INDEX support_records_kinds ON support_records (commune_id, year, kind, state);
