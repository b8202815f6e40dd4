-- The key is a keyed digest: no name, address or network can be read from it.
CREATE TABLE authd.sign_in_budgets (
    key bytea PRIMARY KEY,
    failures bigint NOT NULL,
    full_at_us bigint NOT NULL,
    blocked_until_us bigint NOT NULL
);

CREATE INDEX sign_in_budgets_by_end ON authd.sign_in_budgets (full_at_us);

DO $$ BEGIN PERFORM authd.protect_tables(); END $$;
