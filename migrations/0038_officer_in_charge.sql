-- Who of the office sees a support through; whoever recorded it, until somebody is named.
ALTER TABLE support_records ADD COLUMN officer text NOT NULL DEFAULT '';
UPDATE support_records SET officer = COALESCE((SELECT u.name FROM users u WHERE u.id = support_records.created_by), '');
