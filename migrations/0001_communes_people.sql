-- Communes (tenants), villages, users and what lets them in.
-- One text for SQLite and PostgreSQL. Times are written by the program as whole microseconds.

CREATE TABLE communes (
  id integer NOT NULL PRIMARY KEY,           -- official code of the commune, e.g. 10816
  name text NOT NULL,
  province text NOT NULL,
  host text,                                 -- requests for this host are this commune's; NULL: any host
  id_base text NOT NULL,                     -- base of event identifiers; fixed at first start
  sample boolean NOT NULL,                   -- true: pages say "dữ liệu mẫu"
  created_at timestamptz NOT NULL
);
CREATE UNIQUE INDEX communes_host ON communes (host);

CREATE TABLE settings (
  key text NOT NULL PRIMARY KEY,
  value text NOT NULL
);

CREATE TABLE villages (
  commune_id integer NOT NULL REFERENCES communes (id),
  id uuid NOT NULL,
  name text NOT NULL,
  position integer NOT NULL,
  hidden boolean NOT NULL,
  PRIMARY KEY (commune_id, id)
);
CREATE UNIQUE INDEX villages_name ON villages (commune_id, name);

CREATE TABLE users (
  id uuid NOT NULL PRIMARY KEY,
  phone text NOT NULL,                       -- as parsed by accounts::Phone, e.g. 0912345678
  phone_verified_at timestamptz,
  phone_verified_how text,                   -- officer, helper, command
  name text NOT NULL,
  password_hash text,                        -- argon2id; NULL: enters by slips only
  closed_at timestamptz,
  created_at timestamptz NOT NULL
);
CREATE UNIQUE INDEX users_verified_phone ON users (phone) WHERE phone_verified_at IS NOT NULL;
CREATE INDEX users_phone ON users (phone);

CREATE TABLE sessions (
  token_hash text NOT NULL PRIMARY KEY,      -- SHA-256 of the cookie's token
  user_id uuid NOT NULL REFERENCES users (id),
  device text NOT NULL,
  created_at timestamptz NOT NULL,
  seen_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL
);
CREATE INDEX sessions_user ON sessions (user_id);
CREATE INDEX sessions_expiry ON sessions (expires_at);

CREATE TABLE login_slips (
  token_hash text NOT NULL PRIMARY KEY,
  user_id uuid NOT NULL REFERENCES users (id),
  created_by uuid,
  created_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  used_at timestamptz
);
CREATE INDEX login_slips_user ON login_slips (user_id);

CREATE TABLE login_guards (
  key text NOT NULL PRIMARY KEY,             -- hash of account+address, or of the address alone
  failures integer NOT NULL,
  window_started_at timestamptz NOT NULL,
  locked_until timestamptz
);
CREATE INDEX login_guards_window ON login_guards (window_started_at);

CREATE TABLE audit_log (
  commune_id integer NOT NULL REFERENCES communes (id),
  id uuid NOT NULL,
  at timestamptz NOT NULL,
  actor_id uuid,
  action text NOT NULL,
  subject_kind text NOT NULL,
  subject_id uuid,
  before_value text,
  after_value text,
  address text,
  PRIMARY KEY (commune_id, id)
);
CREATE INDEX audit_log_subject ON audit_log (commune_id, subject_id);

CREATE TABLE jobs (
  id uuid NOT NULL PRIMARY KEY,
  commune_id integer NOT NULL REFERENCES communes (id),
  kind text NOT NULL,
  payload text NOT NULL,
  state text NOT NULL,                       -- queued, running, dead
  attempts integer NOT NULL,
  run_at timestamptz NOT NULL,
  locked_until timestamptz,
  last_error text,
  created_at timestamptz NOT NULL
);
CREATE INDEX jobs_due ON jobs (state, run_at);
CREATE INDEX jobs_commune ON jobs (commune_id);

CREATE TABLE leases (
  name text NOT NULL PRIMARY KEY,
  holder text NOT NULL,
  expires_at timestamptz NOT NULL
);
