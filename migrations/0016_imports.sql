-- Files of the office that are read into the register: each upload a batch, what it made or changed line by line, and
-- which column a heading stands for in this commune.

CREATE TABLE import_batches (
  commune_id integer NOT NULL REFERENCES communes (id),
  id uuid NOT NULL,
  kind text NOT NULL,                        -- producers, products, support
  mode text NOT NULL,                        -- import, compare
  state text NOT NULL,                       -- checked, queued, done, undone
  file_name text NOT NULL,
  sha256 text NOT NULL,
  bytes bigint NOT NULL,
  sheet text NOT NULL,                       -- the sheet chosen; empty: the one that fits best
  leave_hidden boolean NOT NULL,             -- hidden lines are left out
  made bigint NOT NULL,                      -- lines of each outcome when it ran
  changed bigint NOT NULL,
  same bigint NOT NULL,
  wrong bigint NOT NULL,
  trouble text NOT NULL,                     -- why a queued run wrote nothing; empty where it did not fail
  version bigint NOT NULL,
  created_by uuid NOT NULL,
  created_at timestamptz NOT NULL,
  ran_by uuid,
  ran_at timestamptz,
  undone_by uuid,
  undone_at timestamptz,
  dropped_at timestamptz,                    -- when the file was dropped; it holds personal data
  PRIMARY KEY (commune_id, id)
);
CREATE INDEX import_batches_made ON import_batches (commune_id, created_at);
CREATE INDEX import_batches_kept ON import_batches (dropped_at, created_at);
-- One import of a commune at a time.
CREATE UNIQUE INDEX import_batches_one ON import_batches (commune_id) WHERE state = 'queued';

CREATE TABLE import_items (
  commune_id integer NOT NULL REFERENCES communes (id),
  id uuid NOT NULL,
  batch_id uuid NOT NULL,
  line integer NOT NULL,                     -- of the sheet, from 1
  name text NOT NULL,
  subject_id uuid NOT NULL,                  -- producer, product or support record, as the batch's kind says
  before_value text,                         -- JSON of what it was; NULL: the batch made it
  after_value text NOT NULL,
  version bigint NOT NULL,                   -- of a support record after the import
  undo text NOT NULL,                        -- empty, done, or why it was left: edited, decided, used
  PRIMARY KEY (commune_id, id),
  FOREIGN KEY (commune_id, batch_id) REFERENCES import_batches (commune_id, id)
);
CREATE INDEX import_items_batch ON import_items (commune_id, batch_id, line);

CREATE TABLE import_headings (
  commune_id integer NOT NULL REFERENCES communes (id),
  kind text NOT NULL,
  heading text NOT NULL,                     -- folded
  field text NOT NULL,                       -- empty: left out
  PRIMARY KEY (commune_id, kind, heading)
);
