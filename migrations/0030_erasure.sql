-- Personal data that was erased: which producers and accounts, on whose request, how many rows of what. Nothing here
-- tells who they were.

CREATE TABLE erasures (
  commune_id integer NOT NULL REFERENCES communes (id),
  id uuid NOT NULL,
  data_request_id uuid NOT NULL,
  told text NOT NULL,                        -- JSON: rows by group
  by_user uuid NOT NULL,
  at timestamptz NOT NULL,
  PRIMARY KEY (commune_id, id),
  FOREIGN KEY (commune_id, data_request_id) REFERENCES data_requests (commune_id, id)
);
CREATE INDEX erasures_request ON erasures (commune_id, data_request_id);

CREATE TABLE erasure_subjects (
  commune_id integer NOT NULL REFERENCES communes (id),
  erasure_id uuid NOT NULL,
  kind text NOT NULL,                        -- producer, user
  subject_id uuid NOT NULL,
  PRIMARY KEY (commune_id, erasure_id, kind, subject_id),
  FOREIGN KEY (commune_id, erasure_id) REFERENCES erasures (commune_id, id)
);
CREATE INDEX erasure_subjects_subject ON erasure_subjects (commune_id, subject_id);
