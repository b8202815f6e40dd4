-- One row for each session. Refreshing moves only `counter`, `rotated_at_us` and `idle_until_us`, which no index has,
-- and `over_on_day` when the day changes.
CREATE TABLE sessions (
    user_id BLOB NOT NULL CHECK (length(user_id) = 16) REFERENCES users (id) ON DELETE CASCADE,
    id BLOB NOT NULL CHECK (length(id) = 16),
    scope TEXT NOT NULL,
    authenticated_at_us INTEGER NOT NULL,
    methods TEXT NOT NULL,
    assurance_level INTEGER NOT NULL,
    client_id TEXT,
    profile TEXT NOT NULL,
    organization_id BLOB,
    source TEXT,
    user_agent TEXT,
    created_at_us INTEGER NOT NULL,
    not_after_us INTEGER NOT NULL,
    idle_timeout_us INTEGER NOT NULL,
    counter INTEGER NOT NULL CHECK (counter >= 0),
    rotated_at_us INTEGER NOT NULL,
    late_replays INTEGER NOT NULL,
    rotations_since_replay INTEGER NOT NULL,
    idle_until_us INTEGER NOT NULL,
    ended_at_us INTEGER,
    end_reason TEXT,
    over_on_day INTEGER NOT NULL,
    PRIMARY KEY (user_id, id),
    CHECK ((ended_at_us IS NULL) = (end_reason IS NULL))
) STRICT;

CREATE INDEX sessions_by_day ON sessions (over_on_day);
