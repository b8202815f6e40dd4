CREATE TABLE authd.signing_keys (
    id text PRIMARY KEY,
    algorithm text NOT NULL,
    state text NOT NULL CHECK (state IN ('pending', 'active', 'retiring', 'retired')),
    sealed_private_key bytea NOT NULL,
    public_jwk text NOT NULL,
    created_at_us bigint NOT NULL,
    state_changed_at_us bigint NOT NULL
);

CREATE TABLE authd.settings (
    name text PRIMARY KEY,
    value bytea NOT NULL
);

DO $$ BEGIN PERFORM authd.protect_tables(); END $$;
