-- The key is a keyed digest: no address or network can be read from it.
CREATE TABLE authd.source_limits (
    key bytea PRIMARY KEY,
    full_at_us bigint NOT NULL
);

CREATE INDEX source_limits_by_end ON authd.source_limits (full_at_us);

DO $$ BEGIN PERFORM authd.protect_tables(); END $$;
