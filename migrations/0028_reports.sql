-- Targets of the commune's plan, and reports whose figures stay as they were when they were taken.

CREATE TABLE plan_targets (
  commune_id integer NOT NULL REFERENCES communes (id),
  year integer NOT NULL,
  figure text NOT NULL,                      -- as in a report's figures
  target bigint NOT NULL,
  set_by uuid,
  set_at timestamptz NOT NULL,
  PRIMARY KEY (commune_id, year, figure)
);

CREATE TABLE reports (
  commune_id integer NOT NULL REFERENCES communes (id),
  id uuid NOT NULL,
  year integer NOT NULL,
  period text NOT NULL,                      -- q1 to q4, h1, h2, year
  from_day text NOT NULL,                    -- YYYY-MM-DD
  to_day text NOT NULL,
  figures text NOT NULL,                     -- JSON, as taken; never written again
  difficulties text NOT NULL,
  proposals text NOT NULL,
  state text NOT NULL,                       -- draft, signed
  number text NOT NULL,                      -- of the paper that was signed
  signed_on text,                            -- YYYY-MM-DD
  version bigint NOT NULL,
  request_id uuid NOT NULL,                  -- of the form
  taken_by uuid,
  taken_at timestamptz NOT NULL,
  PRIMARY KEY (commune_id, id)
);
CREATE UNIQUE INDEX reports_request ON reports (commune_id, request_id);
CREATE INDEX reports_year ON reports (commune_id, year, period, taken_at);
-- Signed reports that hold a day.
CREATE INDEX reports_signed ON reports (commune_id, state, from_day, to_day);
