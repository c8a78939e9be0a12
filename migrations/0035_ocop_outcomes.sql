-- What a dossier's items take over from the records that are here, dossiers that are complete, and those that
-- weren't recognised.

ALTER TABLE ocop_item_files ADD COLUMN source text NOT NULL DEFAULT 'upload';  -- upload, certificate, photo, lots, …
ALTER TABLE ocop_item_files ADD COLUMN source_mark text NOT NULL DEFAULT '';   -- SHA-256 of the facts it was made of
-- The same state of a source is taken over once.
CREATE UNIQUE INDEX ocop_item_files_source ON ocop_item_files (commune_id, dossier_id, number, source, source_mark)
  WHERE source_mark <> '' AND removed_at IS NULL;

-- One that is open at a time, a complete one too.
DROP INDEX ocop_dossiers_open;
CREATE UNIQUE INDEX ocop_dossiers_open ON ocop_dossiers (commune_id, product_id)
  WHERE state IN ('preparing', 'complete', 'passed', 'returned');

-- A dossier of which the product wasn't recognised.
CREATE TABLE ocop_refusals (
  commune_id integer NOT NULL REFERENCES communes (id),
  id uuid NOT NULL,
  dossier_id uuid NOT NULL,
  decided_on text NOT NULL,                  -- YYYY-MM-DD
  level text NOT NULL,                       -- city, central
  reason text NOT NULL,
  file_id uuid,
  recorded_by uuid,
  recorded_at timestamptz NOT NULL,
  voided_at timestamptz,
  PRIMARY KEY (commune_id, id),
  FOREIGN KEY (commune_id, dossier_id) REFERENCES ocop_dossiers (commune_id, id),
  FOREIGN KEY (commune_id, file_id) REFERENCES files (commune_id, id)
);
CREATE INDEX ocop_refusals_dossier ON ocop_refusals (commune_id, dossier_id);
CREATE INDEX ocop_refusals_file ON ocop_refusals (commune_id, file_id);
CREATE UNIQUE INDEX ocop_refusals_stands ON ocop_refusals (commune_id, dossier_id) WHERE voided_at IS NULL;
