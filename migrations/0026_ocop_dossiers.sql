-- OCOP dossiers: items with their papers, own scoring, the commune's opinion, passing on and what came of it.

ALTER TABLE ocop_decisions ADD COLUMN voided_by uuid;
ALTER TABLE ocop_decisions ADD COLUMN void_reason text;

-- A commune's own versions of rubrics; those of the law come with the program. Never changed once written.
CREATE TABLE ocop_rubrics (
  commune_id integer NOT NULL REFERENCES communes (id),
  code text NOT NULL,                        -- e.g. rieng-2026-1
  content text NOT NULL,                     -- JSON: name, basis, parts with their criteria
  created_by uuid,
  created_at timestamptz NOT NULL,
  PRIMARY KEY (commune_id, code)
);

CREATE TABLE ocop_dossiers (
  commune_id integer NOT NULL REFERENCES communes (id),
  id uuid NOT NULL,
  product_id uuid NOT NULL,
  year integer NOT NULL,                     -- in which it is to be judged
  product_group text NOT NULL,               -- one of the six, as a code
  rubric text NOT NULL,                      -- code of the version it is scored by
  state text NOT NULL,                       -- preparing, passed, decided, returned, stopped
  passed_on text,                            -- YYYY-MM-DD: when it went to the city
  letter text NOT NULL,                      -- number of the letter it went with
  override text NOT NULL,                    -- why it went although something was missing; empty where nothing was
  decision_id uuid,
  version bigint NOT NULL,
  request_id uuid NOT NULL,
  created_by uuid,
  created_at timestamptz NOT NULL,
  PRIMARY KEY (commune_id, id),
  FOREIGN KEY (commune_id, product_id) REFERENCES products (commune_id, id),
  FOREIGN KEY (commune_id, decision_id) REFERENCES ocop_decisions (commune_id, id)
);
CREATE UNIQUE INDEX ocop_dossiers_request ON ocop_dossiers (commune_id, request_id);
-- One that is open at a time.
CREATE UNIQUE INDEX ocop_dossiers_open ON ocop_dossiers (commune_id, product_id)
  WHERE state IN ('preparing', 'passed', 'returned');
CREATE INDEX ocop_dossiers_product ON ocop_dossiers (commune_id, product_id, created_at);
CREATE INDEX ocop_dossiers_decision ON ocop_dossiers (commune_id, decision_id);
CREATE INDEX ocop_dossiers_year ON ocop_dossiers (commune_id, year, state, product_id);

CREATE TABLE ocop_items (
  commune_id integer NOT NULL REFERENCES communes (id),
  dossier_id uuid NOT NULL,
  number integer NOT NULL,                   -- as in the list of items
  state text NOT NULL,                       -- missing, preparing, handed, ok, back, unneeded
  note text NOT NULL,                        -- the office's words, or why it isn't needed
  due_on text,                               -- YYYY-MM-DD
  version bigint NOT NULL,
  updated_by uuid,
  updated_at timestamptz NOT NULL,
  PRIMARY KEY (commune_id, dossier_id, number),
  FOREIGN KEY (commune_id, dossier_id) REFERENCES ocop_dossiers (commune_id, id)
);

CREATE TABLE ocop_item_files (
  commune_id integer NOT NULL REFERENCES communes (id),
  dossier_id uuid NOT NULL,
  number integer NOT NULL,
  file_id uuid NOT NULL,
  added_by uuid,
  added_at timestamptz NOT NULL,
  removed_at timestamptz,
  PRIMARY KEY (commune_id, dossier_id, number, file_id),
  FOREIGN KEY (commune_id, dossier_id, number) REFERENCES ocop_items (commune_id, dossier_id, number),
  FOREIGN KEY (commune_id, file_id) REFERENCES files (commune_id, id)
);
CREATE INDEX ocop_item_files_file ON ocop_item_files (commune_id, file_id);

-- One sheet of each who scores.
CREATE TABLE ocop_scores (
  commune_id integer NOT NULL REFERENCES communes (id),
  id uuid NOT NULL,
  dossier_id uuid NOT NULL,
  scorer_id uuid NOT NULL,
  points text NOT NULL,                      -- JSON: thousandths of a point by criterion
  total bigint NOT NULL,                     -- thousandths of a point
  note text NOT NULL,
  version bigint NOT NULL,
  updated_at timestamptz NOT NULL,
  PRIMARY KEY (commune_id, id),
  FOREIGN KEY (commune_id, dossier_id) REFERENCES ocop_dossiers (commune_id, id)
);
CREATE UNIQUE INDEX ocop_scores_scorer ON ocop_scores (commune_id, dossier_id, scorer_id);

-- The commune's opinion on the four points.
CREATE TABLE ocop_opinions (
  commune_id integer NOT NULL REFERENCES communes (id),
  dossier_id uuid NOT NULL,
  marks text NOT NULL,                       -- JSON: yes, partly or no, and words, of each point
  agreed boolean NOT NULL,                   -- the commune asks for it to be judged
  words text NOT NULL,
  version bigint NOT NULL,
  updated_by uuid,
  updated_at timestamptz NOT NULL,
  PRIMARY KEY (commune_id, dossier_id),
  FOREIGN KEY (commune_id, dossier_id) REFERENCES ocop_dossiers (commune_id, id)
);

-- What happened to a dossier; only ever added to.
CREATE TABLE ocop_steps (
  commune_id integer NOT NULL REFERENCES communes (id),
  id uuid NOT NULL,
  dossier_id uuid NOT NULL,
  step text NOT NULL,
  note text NOT NULL,
  by_user uuid,
  at timestamptz NOT NULL,
  PRIMARY KEY (commune_id, id),
  FOREIGN KEY (commune_id, dossier_id) REFERENCES ocop_dossiers (commune_id, id)
);
CREATE INDEX ocop_steps_dossier ON ocop_steps (commune_id, dossier_id, id);
