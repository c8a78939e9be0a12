-- Requests of those whose data is held, with the days by which they are to be answered and done.

CREATE TABLE holidays (
  commune_id integer NOT NULL REFERENCES communes (id),
  day text NOT NULL,                         -- YYYY-MM-DD
  name text NOT NULL,
  off boolean NOT NULL,                      -- false: a working day after all
  set_by uuid,
  set_at timestamptz NOT NULL,
  PRIMARY KEY (commune_id, day)
);

CREATE TABLE data_requests (
  commune_id integer NOT NULL REFERENCES communes (id),
  id uuid NOT NULL,
  kind text NOT NULL,                        -- access, correction, withdrawal, erasure, objection
  channel text NOT NULL,                     -- account, form, office
  name text NOT NULL,
  contact text NOT NULL,                     -- phone or address, as they wrote it
  user_id uuid,
  words text NOT NULL,
  state text NOT NULL,                       -- open, answered, done, refused
  received_on text NOT NULL,                 -- YYYY-MM-DD
  answer_due text NOT NULL,
  done_due text NOT NULL,
  version bigint NOT NULL,
  request_id uuid NOT NULL,                  -- of the form
  created_by uuid,
  created_at timestamptz NOT NULL,
  PRIMARY KEY (commune_id, id)
);
CREATE UNIQUE INDEX data_requests_request ON data_requests (commune_id, request_id);
CREATE INDEX data_requests_state ON data_requests (commune_id, state, answer_due);
CREATE INDEX data_requests_user ON data_requests (commune_id, user_id, created_at);

CREATE TABLE data_request_steps (
  commune_id integer NOT NULL REFERENCES communes (id),
  id uuid NOT NULL,
  data_request_id uuid NOT NULL,
  state text NOT NULL,
  note text NOT NULL,
  by_user uuid,
  at timestamptz NOT NULL,
  PRIMARY KEY (commune_id, id),
  FOREIGN KEY (commune_id, data_request_id) REFERENCES data_requests (commune_id, id)
);
CREATE INDEX data_request_steps_request ON data_request_steps (commune_id, data_request_id, id);
