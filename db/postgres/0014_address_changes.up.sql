-- The address that a user asks for and has not proven yet. It reserves nothing.
ALTER TABLE authd.users ADD COLUMN new_email text;

-- Changes of address that can still be undone, with the password that the user had at the change. `undo_digest` names the
-- one-time token that undoes it. Rows are deleted with the user, and when `ends_at_us` has passed.
CREATE TABLE authd.address_changes (
    user_id uuid NOT NULL REFERENCES authd.users (id) ON DELETE CASCADE,
    number bigint NOT NULL,
    former text NOT NULL,
    former_verified_at_us bigint,
    generation bigint NOT NULL,
    was_bound boolean NOT NULL,
    undo_digest bytea NOT NULL,
    changed_at_us bigint NOT NULL,
    ends_at_us bigint NOT NULL,
    hash text,
    cost text,
    PRIMARY KEY (user_id, number),
    CHECK ((hash IS NULL) = (cost IS NULL))
);

CREATE INDEX address_changes_by_end ON authd.address_changes (ends_at_us);

DO $$ BEGIN PERFORM authd.protect_tables(); END $$;
