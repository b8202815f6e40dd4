-- Who users are at identity providers. `issuer` and `subject` name an identity everywhere, and lead to the user as a name does;
-- `email` is what the provider has said, and decides nothing.
CREATE TABLE identities (
    user_id BLOB NOT NULL CHECK (length(user_id) = 16) REFERENCES users (id) ON DELETE CASCADE,
    id BLOB NOT NULL CHECK (length(id) = 16),
    provider TEXT NOT NULL,
    issuer TEXT NOT NULL,
    subject TEXT NOT NULL,
    email TEXT,
    email_is_verified INTEGER NOT NULL CHECK (email_is_verified IN (0, 1)),
    is_bound INTEGER NOT NULL CHECK (is_bound IN (0, 1)),
    created_at_us INTEGER NOT NULL,
    last_used_at_us INTEGER NOT NULL,
    PRIMARY KEY (user_id, id)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX identities_by_subject ON identities (issuer, subject);

-- Codes that a callback gives out for a minute. `user_id` and `session_id` are those of a session that links, null for a sign-in;
-- no foreign key ties them to the users.
CREATE TABLE provider_codes (
    digest BLOB PRIMARY KEY NOT NULL,
    provider TEXT NOT NULL,
    user_id BLOB CHECK (user_id IS NULL OR length(user_id) = 16),
    session_id BLOB CHECK (session_id IS NULL OR length(session_id) = 16),
    challenge BLOB NOT NULL,
    profile TEXT NOT NULL,
    scope TEXT,
    source TEXT,
    expires_at_us INTEGER NOT NULL,
    wrong_verifiers INTEGER NOT NULL,
    CHECK ((user_id IS NULL) = (session_id IS NULL))
) STRICT, WITHOUT ROWID;

CREATE INDEX provider_codes_by_user ON provider_codes (user_id);

CREATE INDEX provider_codes_by_end ON provider_codes (expires_at_us);

-- What providers posted to a callback, sealed, until the browser comes back for it.
CREATE TABLE parked_callbacks (
    state_digest BLOB PRIMARY KEY NOT NULL,
    sealed BLOB NOT NULL,
    expires_at_us INTEGER NOT NULL
) STRICT;

CREATE INDEX parked_callbacks_by_end ON parked_callbacks (expires_at_us);

-- Digests of what was used and may be used once.
CREATE TABLE spent_values (
    digest BLOB PRIMARY KEY NOT NULL,
    kept_until_us INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX spent_values_by_end ON spent_values (kept_until_us);
