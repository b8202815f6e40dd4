-- One row for each session. Refreshing moves only `counter`, `rotated_at_us` and `idle_until_us`, which no index has,
-- and `over_on_day` when the day changes: PostgreSQL then updates within the page, for which space is left.
CREATE TABLE authd.sessions (
    user_id uuid NOT NULL REFERENCES authd.users (id) ON DELETE CASCADE,
    id uuid NOT NULL,
    scope text NOT NULL,
    authenticated_at_us bigint NOT NULL,
    methods text NOT NULL,
    assurance_level bigint NOT NULL,
    client_id text,
    profile text NOT NULL,
    organization_id uuid,
    source text,
    user_agent text,
    created_at_us bigint NOT NULL,
    not_after_us bigint NOT NULL,
    idle_timeout_us bigint NOT NULL,
    counter bigint NOT NULL CHECK (counter >= 0),
    rotated_at_us bigint NOT NULL,
    late_replays bigint NOT NULL,
    rotations_since_replay bigint NOT NULL,
    idle_until_us bigint NOT NULL,
    ended_at_us bigint,
    end_reason text,
    over_on_day bigint NOT NULL,
    PRIMARY KEY (user_id, id),
    CHECK ((ended_at_us IS NULL) = (end_reason IS NULL))
) WITH (fillfactor = 80);

CREATE INDEX sessions_by_day ON authd.sessions (over_on_day);

DO $$ BEGIN PERFORM authd.protect_tables(); END $$;
