-- Places: where exactly they are, edits that tell the second editor, and certificates with their validity; a
-- growing-area code is one of them.

ALTER TABLE places ADD COLUMN address text NOT NULL DEFAULT '';  -- exact; shown only with consent
ALTER TABLE places ADD COLUMN version bigint NOT NULL DEFAULT 1;

CREATE TABLE place_certificates (
  commune_id integer NOT NULL REFERENCES communes (id),
  id uuid NOT NULL,
  place_id uuid NOT NULL,
  kind text NOT NULL,                        -- code in seed/certificate-kinds.json
  number text NOT NULL,                      -- of a growing area: its code
  issuer text NOT NULL,
  scope text NOT NULL,
  market text NOT NULL,                      -- of a growing area: the market it was granted for
  area bigint,                               -- square metres
  issued_on text,                            -- YYYY-MM-DD
  expires_on text,
  file_id uuid,
  state text NOT NULL,                       -- submitted, approved, rejected, withdrawn
  reason text NOT NULL,                      -- why it was rejected or withdrawn
  version bigint NOT NULL,
  created_by uuid,
  created_at timestamptz NOT NULL,
  decided_by uuid,
  decided_at timestamptz,
  PRIMARY KEY (commune_id, id),
  FOREIGN KEY (commune_id, place_id) REFERENCES places (commune_id, id),
  FOREIGN KEY (commune_id, file_id) REFERENCES files (commune_id, id)
);
CREATE INDEX place_certificates_place ON place_certificates (commune_id, place_id);
CREATE INDEX place_certificates_file ON place_certificates (commune_id, file_id);
CREATE INDEX place_certificates_state ON place_certificates (commune_id, state, created_at);

-- A code that a place had was shown already and stays so.
INSERT INTO place_certificates (commune_id, id, place_id, kind, number, issuer, scope, market, state, reason, version,
    created_at)
  SELECT commune_id, id, id, 'growing-area-code', growing_area_code, '', '', '', 'approved', '', 1, created_at
  FROM places WHERE growing_area_code IS NOT NULL;
ALTER TABLE places DROP COLUMN growing_area_code;
