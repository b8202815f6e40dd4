-- Who users are at identity providers. `issuer` and `subject` name an identity everywhere, and lead to the user as a name does;
-- `email` is what the provider has said, and decides nothing.
CREATE TABLE authd.identities (
    user_id uuid NOT NULL REFERENCES authd.users (id) ON DELETE CASCADE,
    id uuid NOT NULL,
    provider text COLLATE "C" NOT NULL,
    issuer text COLLATE "C" NOT NULL,
    subject text COLLATE "C" NOT NULL,
    email text,
    email_is_verified boolean NOT NULL,
    is_bound boolean NOT NULL,
    created_at_us bigint NOT NULL,
    last_used_at_us bigint NOT NULL,
    PRIMARY KEY (user_id, id)
);

CREATE UNIQUE INDEX identities_by_subject ON authd.identities (issuer, subject);

-- Codes that a callback gives out for a minute. `user_id` and `session_id` are those of a session that links, null for a sign-in;
-- no foreign key ties them to the users.
CREATE TABLE authd.provider_codes (
    digest bytea PRIMARY KEY,
    provider text COLLATE "C" NOT NULL,
    user_id uuid,
    session_id uuid,
    challenge bytea NOT NULL,
    profile text NOT NULL,
    scope text,
    source text,
    expires_at_us bigint NOT NULL,
    wrong_verifiers bigint NOT NULL,
    CHECK ((user_id IS NULL) = (session_id IS NULL))
);

CREATE INDEX provider_codes_by_user ON authd.provider_codes (user_id);

CREATE INDEX provider_codes_by_end ON authd.provider_codes (expires_at_us);

-- What providers posted to a callback, sealed, until the browser comes back for it.
CREATE TABLE authd.parked_callbacks (
    state_digest bytea PRIMARY KEY,
    sealed bytea NOT NULL,
    expires_at_us bigint NOT NULL
);

CREATE INDEX parked_callbacks_by_end ON authd.parked_callbacks (expires_at_us);

-- Digests of what was used and may be used once.
CREATE TABLE authd.spent_values (
    digest bytea PRIMARY KEY,
    kept_until_us bigint NOT NULL
);

CREATE INDEX spent_values_by_end ON authd.spent_values (kept_until_us);

DO $$ BEGIN PERFORM authd.protect_tables(); END $$;
