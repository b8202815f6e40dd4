-- The digest is keyed: no network and no user agent can be read from it.
CREATE TABLE authd.sign_in_places (
    user_id uuid NOT NULL REFERENCES authd.users (id) ON DELETE CASCADE,
    digest bytea NOT NULL,
    seen_at_us bigint NOT NULL,
    noticed_at_us bigint,
    PRIMARY KEY (user_id, digest)
);

CREATE INDEX sign_in_places_by_age ON authd.sign_in_places (seen_at_us);

DO $$ BEGIN PERFORM authd.protect_tables(); END $$;
