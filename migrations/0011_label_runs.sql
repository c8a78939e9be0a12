-- Label runs that are made in the background, what was printed of them and declared void; a producer's own papers
-- and what it chose last.

ALTER TABLE label_runs ADD COLUMN state text NOT NULL DEFAULT 'ready';  -- making, ready, cancelled
ALTER TABLE label_runs ADD COLUMN made bigint NOT NULL DEFAULT 0;       -- codes that are there
ALTER TABLE label_runs ADD COLUMN version bigint NOT NULL DEFAULT 1;    -- counts up when labels are declared void
UPDATE label_runs SET made = CASE WHEN kind = 'serial' THEN count ELSE 1 END;

CREATE TABLE label_prints (
  commune_id integer NOT NULL REFERENCES communes (id),
  id uuid NOT NULL,
  run_id uuid NOT NULL,
  kind text NOT NULL,                        -- sheet: PDF; file: codes for a print shop
  first_label bigint NOT NULL,               -- 1 … count of the run
  last_label bigint NOT NULL,
  paper text NOT NULL,                       -- key of a paper on offer, id of an own one; empty for a file
  skip bigint NOT NULL,                      -- places of the first page that were left empty
  parts text NOT NULL,                       -- what stood on the labels beside the usual, separated by spaces
  reprint boolean NOT NULL,                  -- some of these labels were printed before
  reason text NOT NULL,                      -- why they were printed again
  codes bigint NOT NULL,                     -- codes in a file; 0 for a sheet
  sha256 text NOT NULL,                      -- of a file, as hex; empty for a sheet
  created_by uuid,
  created_at timestamptz NOT NULL,
  PRIMARY KEY (commune_id, id),
  FOREIGN KEY (commune_id, run_id) REFERENCES label_runs (commune_id, id)
);
CREATE INDEX label_prints_run ON label_prints (commune_id, run_id, created_at);

CREATE TABLE label_voids (
  commune_id integer NOT NULL REFERENCES communes (id),
  id uuid NOT NULL,
  run_id uuid NOT NULL,
  first_serial bigint NOT NULL,
  last_serial bigint NOT NULL,
  reason text NOT NULL,                      -- what the page of such a label says
  created_by uuid,
  created_at timestamptz NOT NULL,
  PRIMARY KEY (commune_id, id),
  FOREIGN KEY (commune_id, run_id) REFERENCES label_runs (commune_id, id)
);
CREATE INDEX label_voids_run ON label_voids (commune_id, run_id, first_serial);

CREATE TABLE label_papers (
  commune_id integer NOT NULL REFERENCES communes (id),
  id uuid NOT NULL,
  producer_id uuid NOT NULL,
  name text NOT NULL,
  label_width bigint NOT NULL,               -- lengths in hundredths of a millimetre
  label_height bigint NOT NULL,
  across bigint NOT NULL,                    -- labels in a row
  down bigint NOT NULL,                      -- labels in a column
  margin_left bigint NOT NULL,
  margin_top bigint NOT NULL,
  pitch_x bigint NOT NULL,
  pitch_y bigint NOT NULL,
  offset_x bigint NOT NULL,                  -- how far this printer must print further right, down
  offset_y bigint NOT NULL,
  state text NOT NULL,                       -- kept, dropped
  version bigint NOT NULL,
  created_by uuid,
  created_at timestamptz NOT NULL,
  PRIMARY KEY (commune_id, id),
  FOREIGN KEY (commune_id, producer_id) REFERENCES producers (commune_id, id)
);
CREATE INDEX label_papers_producer ON label_papers (commune_id, producer_id);

CREATE TABLE label_choices (
  commune_id integer NOT NULL REFERENCES communes (id),
  producer_id uuid NOT NULL,
  paper text NOT NULL,
  parts text NOT NULL,
  updated_by uuid,
  updated_at timestamptz NOT NULL,
  PRIMARY KEY (commune_id, producer_id),
  FOREIGN KEY (commune_id, producer_id) REFERENCES producers (commune_id, id)
);
