-- Recalls and drills: where each began, what it reached, who decided, and how long it took to be told.

CREATE TABLE recalls (
  commune_id integer NOT NULL REFERENCES communes (id),
  id uuid NOT NULL,
  number bigint NOT NULL,                    -- counts up per commune, drills among them
  kind text NOT NULL,                        -- real, drill
  scope text NOT NULL,                       -- whole: the lot and all made from it; serials: some pieces of it
  lot_id uuid NOT NULL,                      -- the lot it begins with
  state text NOT NULL,                       -- draft, open, lifted, dropped
  grade text,                                -- danger, harm, label; NULL in a draft and where none was asked for
  reason text NOT NULL,
  notice text NOT NULL,                      -- what the public reads
  cut boolean NOT NULL,                      -- the lots were followed only so far; there may be more
  request_id uuid NOT NULL,                  -- of the form: the same form sent twice is one recall
  started_at timestamptz NOT NULL,
  started_by uuid,
  confirmed_at timestamptz,
  confirmed_by uuid,
  shown_at timestamptz,                      -- when the pages said it; NULL for a drill
  lifted_at timestamptz,
  lifted_by uuid,
  lift_reason text,
  PRIMARY KEY (commune_id, id),
  FOREIGN KEY (commune_id, lot_id) REFERENCES lots (commune_id, id)
);
CREATE UNIQUE INDEX recalls_number ON recalls (commune_id, number);
CREATE UNIQUE INDEX recalls_request ON recalls (commune_id, request_id);
CREATE INDEX recalls_lot ON recalls (commune_id, lot_id);
CREATE INDEX recalls_state ON recalls (commune_id, kind, state, confirmed_at);

CREATE TABLE recall_lots (
  commune_id integer NOT NULL REFERENCES communes (id),
  recall_id uuid NOT NULL,
  lot_id uuid NOT NULL,
  depth bigint NOT NULL,                     -- steps from the lot it begins with; 0 is that lot
  state_before text,                         -- the lot's state when it was taken back
  PRIMARY KEY (commune_id, recall_id, lot_id),
  FOREIGN KEY (commune_id, recall_id) REFERENCES recalls (commune_id, id),
  FOREIGN KEY (commune_id, lot_id) REFERENCES lots (commune_id, id)
);
CREATE INDEX recall_lots_lot ON recall_lots (commune_id, lot_id);

CREATE TABLE recall_ranges (
  commune_id integer NOT NULL REFERENCES communes (id),
  recall_id uuid NOT NULL,
  run_id uuid NOT NULL,
  first_serial bigint NOT NULL,
  last_serial bigint NOT NULL,
  PRIMARY KEY (commune_id, recall_id, run_id, first_serial),
  FOREIGN KEY (commune_id, recall_id) REFERENCES recalls (commune_id, id),
  FOREIGN KEY (commune_id, run_id) REFERENCES label_runs (commune_id, id)
);
CREATE INDEX recall_ranges_run ON recall_ranges (commune_id, run_id);

-- Lots that were recalled before: each becomes a recall of that lot alone, under the lot's own id.
INSERT INTO recalls (commune_id, id, number, kind, scope, lot_id, state, reason, notice, cut, request_id, started_at,
    started_by, confirmed_at, confirmed_by)
  SELECT commune_id, id, ROW_NUMBER() OVER (PARTITION BY commune_id ORDER BY recalled_at, id), 'real', 'whole', id,
    'open', COALESCE(recall_reason, ''), COALESCE(recall_reason, ''), FALSE, id, COALESCE(recalled_at, created_at),
    recalled_by, COALESCE(recalled_at, created_at), recalled_by
  FROM lots WHERE state = 'recalled';
INSERT INTO recall_lots (commune_id, recall_id, lot_id, depth, state_before)
  SELECT commune_id, id, lot_id, 0, 'open' FROM recalls;
