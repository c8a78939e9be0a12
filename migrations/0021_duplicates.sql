-- Producers registered twice: what the office said of pairs, and merges with all that they moved.

CREATE TABLE producers_apart (
  commune_id integer NOT NULL REFERENCES communes (id),
  first_id uuid NOT NULL,                    -- the lesser of the two
  second_id uuid NOT NULL,
  reasons integer NOT NULL,                  -- bits of what they had in common when they were said to be two
  note text NOT NULL,
  by_user uuid,
  at timestamptz NOT NULL,
  PRIMARY KEY (commune_id, first_id, second_id),
  FOREIGN KEY (commune_id, first_id) REFERENCES producers (commune_id, id),
  FOREIGN KEY (commune_id, second_id) REFERENCES producers (commune_id, id)
);
CREATE INDEX producers_apart_second ON producers_apart (commune_id, second_id);
CREATE INDEX producers_apart_at ON producers_apart (commune_id, at);

CREATE TABLE producer_merges (
  commune_id integer NOT NULL REFERENCES communes (id),
  id uuid NOT NULL,
  kept_id uuid NOT NULL,
  gone_id uuid NOT NULL,
  note text NOT NULL,
  before text NOT NULL,                      -- JSON of duplicates::model::Before
  by_user uuid,
  at timestamptz NOT NULL,
  undone_by uuid,
  undone_at timestamptz,
  PRIMARY KEY (commune_id, id),
  FOREIGN KEY (commune_id, kept_id) REFERENCES producers (commune_id, id),
  FOREIGN KEY (commune_id, gone_id) REFERENCES producers (commune_id, id)
);
CREATE INDEX producer_merges_kept ON producer_merges (commune_id, kept_id);
CREATE UNIQUE INDEX producer_merges_gone ON producer_merges (commune_id, gone_id) WHERE undone_at IS NULL;
CREATE INDEX producer_merges_gone_ever ON producer_merges (commune_id, gone_id);
CREATE INDEX producer_merges_at ON producer_merges (commune_id, at);

CREATE TABLE producer_merge_moves (
  commune_id integer NOT NULL REFERENCES communes (id),
  merge_id uuid NOT NULL,
  place text NOT NULL,                       -- table, and column where it has two
  row_id uuid NOT NULL,
  PRIMARY KEY (commune_id, merge_id, place, row_id),
  FOREIGN KEY (commune_id, merge_id) REFERENCES producer_merges (commune_id, id)
);
