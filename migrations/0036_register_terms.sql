-- What the office filters and orders its products by, beside what is there: until when certificates and stars hold, and
-- how many lots there are. Written with what they tell of (products::listed).

-- Last day of the certificate that holds longest; '9999-12-31' without an end, '' without a certificate.
ALTER TABLE product_register ADD COLUMN papers_until text NOT NULL DEFAULT '';
-- Last day of the decision on three to five stars that holds longest; '' without one.
ALTER TABLE product_register ADD COLUMN stars_until text NOT NULL DEFAULT '';
-- Lots, those set aside left out.
ALTER TABLE product_register ADD COLUMN lots integer NOT NULL DEFAULT 0;
UPDATE product_register SET
  papers_until = COALESCE((SELECT MAX(COALESCE(c.expires_on, '9999-12-31')) FROM certificates c
    WHERE c.commune_id = product_register.commune_id AND c.product_id = product_register.product_id
      AND c.retired_at IS NULL), ''),
  stars_until = COALESCE((SELECT MAX(d.expires_on) FROM ocop_decisions d
    WHERE d.commune_id = product_register.commune_id AND d.product_id = product_register.product_id
      AND d.voided_at IS NULL AND d.stars BETWEEN 3 AND 5), ''),
  lots = (SELECT COUNT(*) FROM lots l
    WHERE l.commune_id = product_register.commune_id AND l.product_id = product_register.product_id
      AND l.state <> 'set_aside');
-- Whole lists from an index that holds all they are filtered and ordered by; the second for one state, mostly 'approved'.
DROP INDEX product_register_name;
CREATE INDEX product_register_name ON product_register (commune_id, name_folded, product_id, state, category, village_id,
  producer_kind, producer_folded, price_min, papers_until, stars_until, lots, updated_at);
DROP INDEX product_register_state;
CREATE INDEX product_register_state ON product_register (commune_id, state, name_folded, product_id, category, village_id,
  producer_kind, producer_folded, price_min, papers_until, stars_until, lots, updated_at);
