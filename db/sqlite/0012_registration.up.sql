-- How a user came to exist: null for users from before this step.
ALTER TABLE users ADD COLUMN origin TEXT;

-- The language of mails, as BCP 47 names it.
ALTER TABLE users ADD COLUMN locale TEXT;

-- Registrations that are not completed yet, by age.
CREATE INDEX users_unverified ON users (created_at_us, id)
WHERE origin = 'registered' AND email_verified_at_us IS NULL AND last_login_at_us IS NULL;

-- Identifiers of users who are gone, which cannot be registered until a time.
CREATE TABLE reserved_identifiers (
    kind TEXT NOT NULL CHECK (kind IN ('username', 'email')),
    canonical TEXT NOT NULL CHECK (canonical <> ''),
    until_us INTEGER NOT NULL,
    PRIMARY KEY (kind, canonical)
) STRICT, WITHOUT ROWID;

CREATE INDEX reserved_identifiers_by_end ON reserved_identifiers (until_us);
