-- The address that a user asks for and has not proven yet. It reserves nothing.
ALTER TABLE users ADD COLUMN new_email TEXT;

-- Changes of address that can still be undone, with the password that the user had at the change. `undo_digest` names the
-- one-time token that undoes it. Rows are deleted with the user, and when `ends_at_us` has passed.
CREATE TABLE address_changes (
    user_id BLOB NOT NULL CHECK (length(user_id) = 16) REFERENCES users (id) ON DELETE CASCADE,
    number INTEGER NOT NULL,
    former TEXT NOT NULL,
    former_verified_at_us INTEGER,
    generation INTEGER NOT NULL,
    was_bound INTEGER NOT NULL CHECK (was_bound IN (0, 1)),
    undo_digest BLOB NOT NULL,
    changed_at_us INTEGER NOT NULL,
    ends_at_us INTEGER NOT NULL,
    hash TEXT,
    cost TEXT,
    PRIMARY KEY (user_id, number),
    CHECK ((hash IS NULL) = (cost IS NULL))
) STRICT, WITHOUT ROWID;

CREATE INDEX address_changes_by_end ON address_changes (ends_at_us);
