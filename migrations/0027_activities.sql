-- Training classes, fairs and consultations: whom they are for, who came, what they thought of it.

CREATE TABLE activities (
  commune_id integer NOT NULL REFERENCES communes (id),
  id uuid NOT NULL,
  year integer NOT NULL,                     -- of its first day
  kind text NOT NULL,                        -- training, fair, consultation, other
  title text NOT NULL,
  topic text NOT NULL,                       -- of a training class
  starts_on text NOT NULL,                   -- YYYY-MM-DD
  ends_on text NOT NULL,
  hours text NOT NULL,                       -- as people say it
  place text NOT NULL,
  runs_by text NOT NULL,
  programme_id uuid,
  seats integer,
  description text NOT NULL,
  state text NOT NULL,                       -- planned, held, cancelled
  door_open boolean NOT NULL,                -- people may sign in by the code at the door
  token text NOT NULL,                       -- of the pages at the door
  participants bigint,                       -- as counted by who ran it
  results text NOT NULL,
  cancel_reason text NOT NULL,
  version bigint NOT NULL,
  request_id uuid NOT NULL,
  created_by uuid,
  created_at timestamptz NOT NULL,
  PRIMARY KEY (commune_id, id),
  FOREIGN KEY (commune_id, programme_id) REFERENCES support_programmes (commune_id, id)
);
CREATE UNIQUE INDEX activities_request ON activities (commune_id, request_id);
CREATE UNIQUE INDEX activities_token ON activities (commune_id, token);
CREATE INDEX activities_year ON activities (commune_id, year, starts_on, id);
CREATE INDEX activities_programme ON activities (commune_id, programme_id);

CREATE TABLE activity_invitations (
  commune_id integer NOT NULL REFERENCES communes (id),
  activity_id uuid NOT NULL,
  producer_id uuid NOT NULL,
  answer text NOT NULL,                      -- none, coming, absent
  answered_by uuid,
  answered_at timestamptz,
  invited_at timestamptz NOT NULL,
  PRIMARY KEY (commune_id, activity_id, producer_id),
  FOREIGN KEY (commune_id, activity_id) REFERENCES activities (commune_id, id),
  FOREIGN KEY (commune_id, producer_id) REFERENCES producers (commune_id, id)
);
CREATE INDEX activity_invitations_producer ON activity_invitations (commune_id, producer_id);

CREATE TABLE activity_attendance (
  commune_id integer NOT NULL REFERENCES communes (id),
  id uuid NOT NULL,
  activity_id uuid NOT NULL,
  producer_id uuid,                          -- for which they came, once the office said so
  user_id uuid,                              -- who tapped, if somebody logged in did
  name text NOT NULL,
  village text NOT NULL,                     -- as they wrote it
  phone text NOT NULL,
  channel text NOT NULL,                     -- tap, door, office
  state text NOT NULL,                       -- waiting, confirmed, removed
  reason text NOT NULL,                      -- why it was taken out
  support_id uuid,                           -- the support record made of it
  request_id uuid NOT NULL,                  -- of the form
  decided_by uuid,
  at timestamptz NOT NULL,
  PRIMARY KEY (commune_id, id),
  FOREIGN KEY (commune_id, activity_id) REFERENCES activities (commune_id, id),
  FOREIGN KEY (commune_id, producer_id) REFERENCES producers (commune_id, id),
  FOREIGN KEY (commune_id, support_id) REFERENCES support_records (commune_id, id)
);
CREATE UNIQUE INDEX activity_attendance_request ON activity_attendance (commune_id, activity_id, request_id);
-- Somebody who is logged in comes once.
CREATE UNIQUE INDEX activity_attendance_user ON activity_attendance (commune_id, activity_id, user_id)
  WHERE user_id IS NOT NULL AND state <> 'removed';
CREATE INDEX activity_attendance_producer ON activity_attendance (commune_id, producer_id);
CREATE INDEX activity_attendance_support ON activity_attendance (commune_id, support_id);
CREATE INDEX activity_attendance_state ON activity_attendance (commune_id, state, activity_id);

CREATE TABLE activity_materials (
  commune_id integer NOT NULL REFERENCES communes (id),
  activity_id uuid NOT NULL,
  file_id uuid NOT NULL,
  added_by uuid,
  added_at timestamptz NOT NULL,
  PRIMARY KEY (commune_id, activity_id, file_id),
  FOREIGN KEY (commune_id, activity_id) REFERENCES activities (commune_id, id),
  FOREIGN KEY (commune_id, file_id) REFERENCES files (commune_id, id)
);
CREATE INDEX activity_materials_file ON activity_materials (commune_id, file_id);

-- What those who came thought of it; no name, no address.
CREATE TABLE activity_feedback (
  commune_id integer NOT NULL REFERENCES communes (id),
  id uuid NOT NULL,
  activity_id uuid NOT NULL,
  useful integer NOT NULL,                   -- 1 to 5
  clear integer NOT NULL,
  usable integer NOT NULL,
  organised integer NOT NULL,
  words text NOT NULL,
  request_id uuid NOT NULL,                  -- of the form: the same form sent twice is one answer
  at timestamptz NOT NULL,
  PRIMARY KEY (commune_id, id),
  FOREIGN KEY (commune_id, activity_id) REFERENCES activities (commune_id, id)
);
CREATE UNIQUE INDEX activity_feedback_request ON activity_feedback (commune_id, activity_id, request_id);
