-- When a user was deleted whose row is kept.
ALTER TABLE authd.users ADD COLUMN deleted_at_us bigint;

-- What a mail of Supabase's API says beside its token, as JSON, and the canonical address by which its code is found.
ALTER TABLE authd.mailed_flows ADD COLUMN supabase text
CHECK (supabase IS NULL OR octet_length(supabase) <= 4096);

ALTER TABLE authd.mailed_flows ADD COLUMN code_address text COLLATE "C";

CREATE INDEX mailed_flows_by_address ON authd.mailed_flows (code_address, code_expires_at_us)
WHERE code_address IS NOT NULL;

-- Codes that are exchanged for a session with the verifier of a challenge. `generation` is that of the credential that was
-- shown when the mail was asked for.
CREATE TABLE authd.supabase_codes (
    digest bytea PRIMARY KEY,
    user_id uuid NOT NULL REFERENCES authd.users (id) ON DELETE CASCADE,
    method text NOT NULL,
    challenge bytea NOT NULL CHECK (octet_length(challenge) = 32),
    generation bigint,
    binds boolean NOT NULL,
    expires_at_us bigint NOT NULL,
    wrong_verifiers bigint NOT NULL CHECK (wrong_verifiers BETWEEN 0 AND 3)
);

CREATE INDEX supabase_codes_by_user ON authd.supabase_codes (user_id);

CREATE INDEX supabase_codes_by_end ON authd.supabase_codes (expires_at_us);

-- The first of the two confirmations of a change of address: of which mailbox, and of the change to which address.
CREATE TABLE authd.address_confirmations (
    user_id uuid PRIMARY KEY REFERENCES authd.users (id) ON DELETE CASCADE,
    address text NOT NULL,
    side text NOT NULL CHECK (side IN ('current', 'new')),
    expires_at_us bigint NOT NULL
);

CREATE INDEX address_confirmations_by_end ON authd.address_confirmations (expires_at_us);

-- What was taken of budgets that are named by keyed digests of addresses, also of addresses that no user has.
CREATE TABLE authd.supabase_budgets (
    key bytea PRIMARY KEY CHECK (octet_length(key) = 32),
    hourly_full_at_us bigint NOT NULL,
    daily_full_at_us bigint NOT NULL
);

CREATE INDEX supabase_budgets_by_end ON authd.supabase_budgets (daily_full_at_us);

-- Secret keys of the API. `digest` is the keyed digest of an opaque one; one of the form 'jwt' has none. `creator` is null for the
-- command line, and refers to nothing.
CREATE TABLE authd.supabase_keys (
    id uuid PRIMARY KEY,
    form text NOT NULL CHECK (form IN ('jwt', 'opaque')),
    digest bytea UNIQUE CHECK (digest IS NULL OR octet_length(digest) = 32),
    name text NOT NULL CHECK (octet_length(name) BETWEEN 1 AND 64),
    creator uuid,
    created_at_us bigint NOT NULL,
    last_used_at_us bigint,
    expires_at_us bigint NOT NULL,
    revoked_at_us bigint,
    CHECK ((form = 'opaque') = (digest IS NOT NULL))
);

DO $$ BEGIN PERFORM authd.protect_tables(); END $$;
