-- A year's sums by kind, programme and village are read from the index of its list alone.
DROP INDEX support_records_listed;
CREATE INDEX support_records_listed
  ON support_records (commune_id, year, given_on, id, state, kind, programme_id, producer_id, paid);
-- When each producer was given support last.
CREATE INDEX support_records_last ON support_records (commune_id, producer_id, given_on, state)
  WHERE state IN ('delivered', 'known');
-- How many products stand where.
CREATE INDEX product_register_state ON product_register (commune_id, state);
