-- When a user was deleted whose row is kept.
ALTER TABLE users ADD COLUMN deleted_at_us INTEGER;

-- What a mail of Supabase's API says beside its token, as JSON, and the canonical address by which its code is found.
ALTER TABLE mailed_flows ADD COLUMN supabase TEXT
CHECK (supabase IS NULL OR length(CAST(supabase AS BLOB)) <= 4096);

ALTER TABLE mailed_flows ADD COLUMN code_address TEXT;

CREATE INDEX mailed_flows_by_address ON mailed_flows (code_address, code_expires_at_us) WHERE code_address IS NOT NULL;

-- Codes that are exchanged for a session with the verifier of a challenge. `generation` is that of the credential that was
-- shown when the mail was asked for.
CREATE TABLE supabase_codes (
    digest BLOB PRIMARY KEY NOT NULL,
    user_id BLOB NOT NULL CHECK (length(user_id) = 16) REFERENCES users (id) ON DELETE CASCADE,
    method TEXT NOT NULL,
    challenge BLOB NOT NULL CHECK (length(challenge) = 32),
    generation INTEGER,
    binds INTEGER NOT NULL CHECK (binds IN (0, 1)),
    expires_at_us INTEGER NOT NULL,
    wrong_verifiers INTEGER NOT NULL CHECK (wrong_verifiers BETWEEN 0 AND 3)
) STRICT, WITHOUT ROWID;

CREATE INDEX supabase_codes_by_user ON supabase_codes (user_id);

CREATE INDEX supabase_codes_by_end ON supabase_codes (expires_at_us);

-- The first of the two confirmations of a change of address: of which mailbox, and of the change to which address.
CREATE TABLE address_confirmations (
    user_id BLOB PRIMARY KEY NOT NULL CHECK (length(user_id) = 16) REFERENCES users (id) ON DELETE CASCADE,
    address TEXT NOT NULL,
    side TEXT NOT NULL CHECK (side IN ('current', 'new')),
    expires_at_us INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX address_confirmations_by_end ON address_confirmations (expires_at_us);

-- What was taken of budgets that are named by keyed digests of addresses, also of addresses that no user has.
CREATE TABLE supabase_budgets (
    key BLOB PRIMARY KEY NOT NULL CHECK (length(key) = 32),
    hourly_full_at_us INTEGER NOT NULL,
    daily_full_at_us INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX supabase_budgets_by_end ON supabase_budgets (daily_full_at_us);

-- Secret keys of the API. `digest` is the keyed digest of an opaque one; one of the form 'jwt' has none. `creator` is null for the
-- command line, and refers to nothing.
CREATE TABLE supabase_keys (
    id BLOB PRIMARY KEY NOT NULL CHECK (length(id) = 16),
    form TEXT NOT NULL CHECK (form IN ('jwt', 'opaque')),
    digest BLOB UNIQUE CHECK (digest IS NULL OR length(digest) = 32),
    name TEXT NOT NULL CHECK (length(CAST(name AS BLOB)) BETWEEN 1 AND 64),
    creator BLOB CHECK (creator IS NULL OR length(creator) = 16),
    created_at_us INTEGER NOT NULL,
    last_used_at_us INTEGER,
    expires_at_us INTEGER NOT NULL,
    revoked_at_us INTEGER,
    CHECK ((form = 'opaque') = (digest IS NOT NULL))
) STRICT, WITHOUT ROWID;
