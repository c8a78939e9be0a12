-- Photos that buyers send with their reports; the office alone sees them.

CREATE TABLE feedback_files (
  commune_id integer NOT NULL REFERENCES communes (id),
  feedback_id uuid NOT NULL,
  file_id uuid NOT NULL,
  PRIMARY KEY (commune_id, feedback_id),
  FOREIGN KEY (commune_id, feedback_id) REFERENCES feedback (commune_id, id),
  FOREIGN KEY (commune_id, file_id) REFERENCES files (commune_id, id)
);
CREATE INDEX feedback_files_file ON feedback_files (commune_id, file_id);
