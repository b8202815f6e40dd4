CREATE TABLE authd.one_time_tokens (
    user_id uuid NOT NULL REFERENCES authd.users (id) ON DELETE CASCADE,
    digest bytea NOT NULL,
    purpose text NOT NULL,
    address text NOT NULL,
    created_at_us bigint NOT NULL,
    expires_at_us bigint NOT NULL,
    PRIMARY KEY (user_id, digest)
);

CREATE INDEX one_time_tokens_by_expiry ON authd.one_time_tokens (expires_at_us);

DO $$ BEGIN PERFORM authd.protect_tables(); END $$;
