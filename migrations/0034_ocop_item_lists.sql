-- Versions of the list of what an OCOP dossier holds.

-- A commune's own versions; the one of the program comes with it. Never changed once written.
CREATE TABLE ocop_item_lists (
  commune_id integer NOT NULL REFERENCES communes (id),
  code text NOT NULL,                        -- e.g. rieng-0a1b2c3d4e5f
  serial integer NOT NULL,                   -- the commune's first, second, …: of two who write at once, one is told
  holds_from text NOT NULL,                  -- YYYY-MM-DD
  content text NOT NULL,                     -- JSON: name, legal basis, items
  created_by uuid,
  created_at timestamptz NOT NULL,
  PRIMARY KEY (commune_id, code)
);
CREATE UNIQUE INDEX ocop_item_lists_serial ON ocop_item_lists (commune_id, serial);

-- The version that a dossier was begun with or moved to.
ALTER TABLE ocop_dossiers ADD COLUMN item_list text NOT NULL DEFAULT 'goc';
-- False: not in the dossier's version of the list; state, files and days stay.
ALTER TABLE ocop_items ADD COLUMN listed boolean NOT NULL DEFAULT TRUE;
