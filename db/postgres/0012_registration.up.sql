-- How a user came to exist: null for users from before this step.
ALTER TABLE authd.users ADD COLUMN origin text;

-- The language of mails, as BCP 47 names it.
ALTER TABLE authd.users ADD COLUMN locale text;

-- Registrations that are not completed yet, by age.
CREATE INDEX users_unverified ON authd.users (created_at_us, id)
WHERE origin = 'registered' AND email_verified_at_us IS NULL AND last_login_at_us IS NULL;

-- Identifiers of users who are gone, which cannot be registered until a time.
CREATE TABLE authd.reserved_identifiers (
    kind text NOT NULL CHECK (kind IN ('username', 'email')),
    canonical text COLLATE "C" NOT NULL CHECK (canonical <> ''),
    until_us bigint NOT NULL,
    PRIMARY KEY (kind, canonical)
);

CREATE INDEX reserved_identifiers_by_end ON authd.reserved_identifiers (until_us);

DO $$ BEGIN PERFORM authd.protect_tables(); END $$;
