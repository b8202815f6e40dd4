CREATE TABLE authd.one_time_tokens (
    digest bytea PRIMARY KEY,
    purpose text NOT NULL,
    user_id uuid NOT NULL REFERENCES authd.users (id) ON DELETE CASCADE,
    address text NOT NULL,
    created_at_us bigint NOT NULL,
    expires_at_us bigint NOT NULL
);

CREATE INDEX one_time_tokens_by_user ON authd.one_time_tokens (user_id, purpose, created_at_us, digest);

CREATE INDEX one_time_tokens_by_expiry ON authd.one_time_tokens (expires_at_us);

DO $$ BEGIN PERFORM authd.protect_tables(); END $$;
