-- The digest is keyed: no network and no user agent can be read from it.
CREATE TABLE sign_in_places (
    user_id BLOB NOT NULL CHECK (length(user_id) = 16) REFERENCES users (id) ON DELETE CASCADE,
    digest BLOB NOT NULL,
    seen_at_us INTEGER NOT NULL,
    noticed_at_us INTEGER,
    PRIMARY KEY (user_id, digest)
) STRICT, WITHOUT ROWID;

CREATE INDEX sign_in_places_by_age ON sign_in_places (seen_at_us);
