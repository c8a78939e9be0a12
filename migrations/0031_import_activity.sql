-- The activity that a list of those who came is of, where its lines don't say; chosen with the file.
ALTER TABLE import_batches ADD COLUMN activity_id uuid;
