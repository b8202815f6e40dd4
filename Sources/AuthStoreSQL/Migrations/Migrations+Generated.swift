// SPDX-License-Identifier: Apache-2.0
// Made by scripts/embed-migrations.py from db/; do not edit.

extension Migration {
    /// The migrations of PostgreSQL, in order.
    static let postgres: [Migration] = [
        Migration(
            version: 1, name: "users",
            up: #"""
-- Nobody but the role that migrates and, where it exists, the role `authd_runtime` reads or writes a row, whatever
-- other roles are granted by default. Every migration that adds a table ends by calling this; whoever makes the role
-- later calls it by hand.
CREATE FUNCTION authd.protect_tables() RETURNS void
LANGUAGE plpgsql SET search_path = '' SET client_min_messages = 'warning'
AS $$
DECLARE
    tables CURSOR FOR SELECT tablename FROM pg_catalog.pg_tables WHERE schemaname = 'authd';
    runtime_exists boolean := EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'authd_runtime');
    policy text := 'CREATE POLICY %I ON authd.%I FOR ALL TO %s USING (true) WITH CHECK (true)';
BEGIN
    REVOKE ALL ON SCHEMA authd FROM PUBLIC;
    REVOKE ALL ON ALL TABLES IN SCHEMA authd FROM PUBLIC;
    FOR each IN tables LOOP
        EXECUTE pg_catalog.format('ALTER TABLE authd.%I ENABLE ROW LEVEL SECURITY', each.tablename);
        EXECUTE pg_catalog.format('DROP POLICY IF EXISTS owner ON authd.%I', each.tablename);
        EXECUTE pg_catalog.format('DROP POLICY IF EXISTS runtime ON authd.%I', each.tablename);
        EXECUTE pg_catalog.format(policy, 'owner', each.tablename, 'CURRENT_USER');
        IF runtime_exists THEN
            EXECUTE pg_catalog.format(policy, 'runtime', each.tablename, 'authd_runtime');
        END IF;
    END LOOP;
    IF runtime_exists THEN
        GRANT USAGE ON SCHEMA authd TO authd_runtime;
        GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA authd TO authd_runtime;
        REVOKE INSERT, UPDATE, DELETE ON authd.schema_migrations FROM authd_runtime;
    END IF;
END
$$;

REVOKE ALL ON FUNCTION authd.protect_tables() FROM PUBLIC;

-- Times are microseconds since 1970 (`*_us`). Sorting is by octets, as everywhere else: COLLATE "C".
-- The `*_key` columns are copies to sort and search by, never null: '' stands for none and the least number for never.

CREATE TABLE authd.users (
    id uuid PRIMARY KEY,
    username text,
    username_key text COLLATE "C" NOT NULL,
    email text,
    email_key text COLLATE "C" NOT NULL,
    email_verified_at_us bigint,
    full_name text,
    search_key text NOT NULL,
    role text NOT NULL CHECK (role <> ''),
    is_active boolean NOT NULL,
    banned_until_us bigint,
    is_anonymous boolean NOT NULL,
    must_change_password boolean NOT NULL,
    epoch bigint NOT NULL CHECK (epoch >= 0),
    app_metadata text NOT NULL,
    user_metadata text NOT NULL,
    created_at_us bigint NOT NULL,
    updated_at_us bigint NOT NULL,
    last_login_at_us bigint,
    last_login_key bigint NOT NULL,
    CHECK ((username IS NULL) = (username_key = '')),
    CHECK ((email IS NULL) = (email_key = '')),
    CHECK (email IS NOT NULL OR email_verified_at_us IS NULL)
);

CREATE INDEX users_by_created_at ON authd.users (created_at_us, id);

CREATE INDEX users_by_updated_at ON authd.users (updated_at_us, id);

CREATE INDEX users_by_last_login ON authd.users (last_login_key, id);

CREATE INDEX users_by_username ON authd.users (username_key, id);

CREATE INDEX users_by_email ON authd.users (email_key, id);

CREATE INDEX users_by_role ON authd.users (role, created_at_us, id);

-- One name space for each kind: what makes a name or an address unique. A name leads to a user's id and to nothing else, and
-- no foreign key ties it to the user: it is kept by its own key, users by theirs.
CREATE TABLE authd.identifiers (
    kind text NOT NULL CHECK (kind IN ('username', 'email')),
    canonical text COLLATE "C" NOT NULL CHECK (canonical <> ''),
    user_id uuid NOT NULL,
    verified_at_us bigint,
    PRIMARY KEY (kind, canonical)
);

-- Apart from the users, so that nothing that lists them can touch a hash.
-- `sample_key` is random: the first rows in its order are a fair sample of all.
CREATE TABLE authd.passwords (
    user_id uuid PRIMARY KEY REFERENCES authd.users (id) ON DELETE CASCADE,
    hash text NOT NULL,
    cost text NOT NULL,
    sample_key bigint NOT NULL
);

CREATE INDEX passwords_by_sample ON authd.passwords (sample_key, cost);

-- The count of users in sixteen parts, so that making users does not queue up at one row.
CREATE TABLE authd.user_counts (
    shard bigint PRIMARY KEY,
    count bigint NOT NULL
);

INSERT INTO authd.user_counts (shard, count)
VALUES (0, 0), (1, 0), (2, 0), (3, 0), (4, 0), (5, 0), (6, 0), (7, 0),
    (8, 0), (9, 0), (10, 0), (11, 0), (12, 0), (13, 0), (14, 0), (15, 0);

DO $$ BEGIN PERFORM authd.protect_tables(); END $$;

"""#,
            down: #"""
DROP TABLE authd.user_counts;

DROP TABLE authd.passwords;

DROP TABLE authd.identifiers;

DROP TABLE authd.users;

DROP FUNCTION authd.protect_tables();

"""#),
        Migration(
            version: 2, name: "sessions",
            up: #"""
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

"""#,
            down: #"""
DROP TABLE authd.sessions;

"""#),
        Migration(
            version: 3, name: "one_time_tokens",
            up: #"""
CREATE TABLE authd.one_time_tokens (
    user_id uuid NOT NULL REFERENCES authd.users (id) ON DELETE CASCADE,
    digest bytea NOT NULL,
    purpose text NOT NULL,
    address text NOT NULL,
    created_at_us bigint NOT NULL,
    expires_at_us bigint NOT NULL,
    PRIMARY KEY (user_id, digest)
);

CREATE INDEX one_time_tokens_by_expiry ON authd.one_time_tokens (expires_at_us);

DO $$ BEGIN PERFORM authd.protect_tables(); END $$;

"""#,
            down: #"""
DROP TABLE authd.one_time_tokens;

"""#),
        Migration(
            version: 4, name: "keys",
            up: #"""
CREATE TABLE authd.signing_keys (
    id text PRIMARY KEY,
    algorithm text NOT NULL,
    state text NOT NULL CHECK (state IN ('pending', 'active', 'retiring', 'retired')),
    sealed_private_key bytea NOT NULL,
    public_jwk text NOT NULL,
    created_at_us bigint NOT NULL,
    state_changed_at_us bigint NOT NULL
);

CREATE TABLE authd.settings (
    name text PRIMARY KEY,
    value bytea NOT NULL
);

DO $$ BEGIN PERFORM authd.protect_tables(); END $$;

"""#,
            down: #"""
DROP TABLE authd.settings;

DROP TABLE authd.signing_keys;

"""#),
        Migration(
            version: 5, name: "change_feed",
            up: #"""
-- One row: the cursor of the newest entry. Every transaction that appends locks it first and counts it up, so that the
-- order of cursors is the order of commits, without a gap. It changes in place, for which its page has room.
CREATE TABLE authd.feed_head (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    cursor bigint NOT NULL CHECK (cursor >= 0)
) WITH (fillfactor = 10);

INSERT INTO authd.feed_head (cursor) VALUES (0);

CREATE TABLE authd.change_feed (
    cursor bigint PRIMARY KEY CHECK (cursor > 0),
    at_us bigint NOT NULL,
    kind text NOT NULL,
    user_id uuid,
    session_id uuid,
    epoch bigint
);

CREATE INDEX change_feed_by_time ON authd.change_feed (at_us);

CREATE FUNCTION authd.announce_change() RETURNS trigger
LANGUAGE plpgsql SET search_path = ''
AS $$
BEGIN
    PERFORM pg_catalog.pg_notify('authd_changes', '');
    RETURN NULL;
END
$$;

REVOKE ALL ON FUNCTION authd.announce_change() FROM PUBLIC;

CREATE TRIGGER announce_change AFTER INSERT ON authd.change_feed
FOR EACH STATEMENT EXECUTE FUNCTION authd.announce_change();

DO $$ BEGIN PERFORM authd.protect_tables(); END $$;

"""#,
            down: #"""
DROP TABLE authd.change_feed;

DROP TABLE authd.feed_head;

DROP FUNCTION authd.announce_change();

"""#),
        Migration(
            version: 6, name: "audit",
            up: #"""
-- SPDX-License-Identifier: Apache-2.0

CREATE TABLE authd.audit_events (
    cursor bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at_us bigint NOT NULL,
    action text NOT NULL,
    refusal text,
    actor uuid,
    target uuid,
    session_id uuid,
    source text,
    user_agent text,
    request_id text,
    count bigint NOT NULL DEFAULT 1,
    sequence bigint,
    chain bytea,
    payload_digest bytea,
    salt bytea
);

CREATE UNIQUE INDEX audit_events_by_sequence ON authd.audit_events (sequence) WHERE sequence IS NOT NULL;

CREATE INDEX audit_events_unsealed ON authd.audit_events (cursor) WHERE sequence IS NULL;

CREATE INDEX audit_events_by_actor ON authd.audit_events (actor, cursor) WHERE actor IS NOT NULL;

CREATE INDEX audit_events_by_target ON authd.audit_events (target, cursor) WHERE target IS NOT NULL;

-- The opening record of each segment of the chain, and its key, sealed under the root key.
CREATE TABLE authd.audit_segments (
    number bigint PRIMARY KEY,
    reason text NOT NULL,
    opened_at_us bigint NOT NULL,
    author text NOT NULL,
    found_segment bigint NOT NULL,
    found_sequence bigint NOT NULL,
    found_digest bytea NOT NULL,
    expected_segment bigint,
    expected_sequence bigint,
    expected_digest bytea,
    digest bytea NOT NULL,
    sealed_key bytea NOT NULL
);

-- One row, which sealing, erasing and cutting lock.
CREATE TABLE authd.audit_head (
    id bigint PRIMARY KEY CHECK (id = 1),
    segment bigint NOT NULL,
    sequence bigint NOT NULL,
    digest bytea NOT NULL
);

INSERT INTO authd.audit_head (id, segment, sequence, digest) VALUES (1, 0, 0, decode(repeat('00', 32), 'hex'));

-- The signed records of removals.
CREATE TABLE authd.audit_cuts (
    sequence bigint PRIMARY KEY,
    segment bigint NOT NULL,
    digest bytea NOT NULL,
    cutoff_us bigint NOT NULL,
    at_us bigint NOT NULL,
    author text NOT NULL,
    signed_by bigint NOT NULL,
    signature bytea NOT NULL
);

DO $$ BEGIN PERFORM authd.protect_tables(); END $$;

"""#,
            down: #"""
-- SPDX-License-Identifier: Apache-2.0

DROP TABLE authd.audit_cuts;

DROP TABLE authd.audit_head;

DROP TABLE authd.audit_segments;

DROP TABLE authd.audit_events;

"""#),
        Migration(
            version: 7, name: "sign_in_limits",
            up: #"""
-- The key is a keyed digest: no name, address or network can be read from it.
CREATE TABLE authd.sign_in_budgets (
    key bytea PRIMARY KEY,
    failures bigint NOT NULL,
    full_at_us bigint NOT NULL,
    blocked_until_us bigint NOT NULL
);

CREATE INDEX sign_in_budgets_by_end ON authd.sign_in_budgets (full_at_us);

DO $$ BEGIN PERFORM authd.protect_tables(); END $$;

"""#,
            down: #"""
DROP TABLE authd.sign_in_budgets;

"""#),
        Migration(
            version: 8, name: "source_limits",
            up: #"""
-- The key is a keyed digest: no address or network can be read from it.
CREATE TABLE authd.source_limits (
    key bytea PRIMARY KEY,
    full_at_us bigint NOT NULL
);

CREATE INDEX source_limits_by_end ON authd.source_limits (full_at_us);

DO $$ BEGIN PERFORM authd.protect_tables(); END $$;

"""#,
            down: #"""
DROP TABLE authd.source_limits;

"""#),
        Migration(
            version: 9, name: "sign_in_places",
            up: #"""
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

"""#,
            down: #"""
DROP TABLE authd.sign_in_places;

"""#),
        Migration(
            version: 10, name: "outbox",
            up: #"""
-- What must be delivered: mails and events, each written in the transaction of its cause. A row holds no secret: the text of a
-- one-time token is made at delivery from its content and a key that is not in the database.
-- `user_id` is the nil UUID where there is no user; no foreign key ties it to the users, whose events outlive them.
-- `leased_until_us` is the least number where no process delivers the row.
CREATE TABLE authd.outbox (
    user_id uuid NOT NULL,
    number bigint GENERATED ALWAYS AS IDENTITY,
    lane text COLLATE "C" NOT NULL CHECK (lane IN ('notice', 'mail', 'event')),
    destination text COLLATE "C" NOT NULL,
    kind text NOT NULL,
    recipient text,
    token_digest bytea,
    token_content bytea,
    details text NOT NULL,
    source text,
    user_agent text,
    request_id text,
    created_at_us bigint NOT NULL,
    expires_at_us bigint NOT NULL,
    attempts bigint NOT NULL,
    due_at_us bigint NOT NULL,
    lease bytea,
    leased_until_us bigint NOT NULL,
    state text NOT NULL CHECK (state IN ('due', 'dead')),
    failure text,
    PRIMARY KEY (user_id, number)
);

CREATE INDEX outbox_due ON authd.outbox (lane, destination, due_at_us, number) WHERE state = 'due';

CREATE INDEX outbox_dead ON authd.outbox (expires_at_us) WHERE state = 'dead';

DO $$ BEGIN PERFORM authd.protect_tables(); END $$;

"""#,
            down: #"""
DROP TABLE authd.outbox;

"""#),
        Migration(
            version: 11, name: "roles",
            up: #"""
-- What administrators, commands and the operator's file define beside the program's own roles. The epoch is raised whenever
-- a role grants less than before.
CREATE TABLE authd.roles (
    name text COLLATE "C" PRIMARY KEY CHECK (name <> ''),
    description text NOT NULL,
    permissions text NOT NULL,
    origin text NOT NULL CHECK (origin IN ('file', 'data')),
    epoch bigint NOT NULL CHECK (epoch >= 0),
    updated_at_us bigint NOT NULL
);

-- What a user may do beside the role: names with single spaces between them.
ALTER TABLE authd.users ADD COLUMN permissions text NOT NULL DEFAULT '';

ALTER TABLE authd.change_feed ADD COLUMN role text;

DO $$ BEGIN PERFORM authd.protect_tables(); END $$;

"""#,
            down: #"""
-- Programs of before do not know these entries.
UPDATE authd.change_feed SET kind = 'keys_changed', epoch = NULL WHERE kind IN ('roles_changed', 'role_narrowed');

ALTER TABLE authd.change_feed DROP COLUMN role;

ALTER TABLE authd.users DROP COLUMN permissions;

DROP TABLE authd.roles;

"""#),
        Migration(
            version: 12, name: "registration",
            up: #"""
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

"""#,
            down: #"""
DROP TABLE authd.reserved_identifiers;

DROP INDEX authd.users_unverified;

ALTER TABLE authd.users DROP COLUMN locale;

ALTER TABLE authd.users DROP COLUMN origin;

"""#),
        Migration(
            version: 13, name: "mailed_flows",
            up: #"""
-- The generation of the password and the known devices, and whether they were shown with a proof of the mailbox.
ALTER TABLE authd.users ADD COLUMN credential_generation bigint NOT NULL DEFAULT 0;

ALTER TABLE authd.users ADD COLUMN is_bound boolean NOT NULL DEFAULT false;

-- Requests about an address that are not answered yet, the same for addresses of users and others: nothing was looked up for
-- them. `user_id` is that of a user who asks with a session, the nil UUID for others; no foreign key ties it to the users.
-- `leased_until_us` is the least number where no process has the row in hand.
CREATE TABLE authd.mail_requests (
    number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    kind text NOT NULL,
    flow bytea NOT NULL,
    address text NOT NULL,
    user_id uuid NOT NULL,
    holder text COLLATE "C" NOT NULL,
    standing text COLLATE "C" NOT NULL CHECK (standing IN ('stranger', 'known')),
    details text NOT NULL,
    source text,
    user_agent text,
    request_id text,
    created_at_us bigint NOT NULL,
    due_at_us bigint NOT NULL,
    attempts bigint NOT NULL,
    lease bytea,
    leased_until_us bigint NOT NULL
);

CREATE INDEX mail_requests_due ON authd.mail_requests (standing, due_at_us, number);

CREATE INDEX mail_requests_by_holder ON authd.mail_requests (standing, holder);

CREATE INDEX mail_requests_by_user ON authd.mail_requests (user_id);

-- Mailed actions from the request to the end, each named by the keyed digest of its handle. There is a row whether or not a
-- user has the address. `user_id` and `token_digest` name the one-time token; where no mail was sent they are the nil UUID and
-- null. `mailed_at_us` is the least number where no mail counts for the installation's budget.
CREATE TABLE authd.mailed_flows (
    flow bytea PRIMARY KEY,
    purpose text COLLATE "C" NOT NULL,
    recipient text NOT NULL,
    user_id uuid NOT NULL,
    token_digest bytea,
    shown bigint,
    code_digest bytea NOT NULL,
    wrong_codes bigint NOT NULL CHECK (wrong_codes BETWEEN 0 AND 5),
    code_expires_at_us bigint NOT NULL,
    expires_at_us bigint NOT NULL,
    mailed_at_us bigint NOT NULL,
    ended_at_us bigint,
    source text,
    user_agent text,
    created_at_us bigint NOT NULL,
    kept_until_us bigint NOT NULL
);

CREATE INDEX mailed_flows_by_token ON authd.mailed_flows (user_id, token_digest);

CREATE INDEX mailed_flows_by_mail ON authd.mailed_flows (mailed_at_us);

CREATE INDEX mailed_flows_by_end ON authd.mailed_flows (kept_until_us);

-- What was taken of the budgets of mails to a user.
CREATE TABLE authd.mail_budgets (
    user_id uuid NOT NULL REFERENCES authd.users (id) ON DELETE CASCADE,
    purpose text COLLATE "C" NOT NULL,
    standing text COLLATE "C" NOT NULL CHECK (standing IN ('stranger', 'known')),
    hourly_full_at_us bigint NOT NULL,
    daily_full_at_us bigint NOT NULL,
    PRIMARY KEY (user_id, purpose, standing)
);

CREATE INDEX mail_budgets_by_end ON authd.mail_budgets (daily_full_at_us);

DO $$ BEGIN PERFORM authd.protect_tables(); END $$;

"""#,
            down: #"""
DROP TABLE authd.mail_budgets;

DROP TABLE authd.mailed_flows;

DROP TABLE authd.mail_requests;

-- Programs of before do not know these words.
DELETE FROM authd.one_time_tokens WHERE purpose NOT IN ('password_reset', 'email_verification');

UPDATE authd.sessions SET end_reason = 'password_changed' WHERE end_reason = 'credentials_voided';

ALTER TABLE authd.users DROP COLUMN is_bound;

ALTER TABLE authd.users DROP COLUMN credential_generation;

"""#),
        Migration(
            version: 14, name: "address_changes",
            up: #"""
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

"""#,
            down: #"""
DROP TABLE authd.address_changes;

-- Programs of before do not know these words.
DELETE FROM authd.one_time_tokens WHERE purpose IN ('address_change', 'address_undo');

ALTER TABLE authd.users DROP COLUMN new_email;

"""#),
        Migration(
            version: 15, name: "invitations",
            up: #"""
-- Invitations, each of a user: an address that no user had gets one, whose origin is then 'invited'.
-- `inviter` is null where the operator has invited; no foreign key ties it to the users, who may be gone before the invitation.
CREATE TABLE authd.invitations (
    user_id uuid NOT NULL REFERENCES authd.users (id) ON DELETE CASCADE,
    id uuid NOT NULL,
    role text COLLATE "C" NOT NULL,
    inviter uuid,
    created_at_us bigint NOT NULL,
    sent_at_us bigint NOT NULL,
    expires_at_us bigint NOT NULL,
    state text COLLATE "C" NOT NULL CHECK (state IN ('pending', 'accepted', 'revoked')),
    PRIMARY KEY (user_id, id)
);

CREATE UNIQUE INDEX invitations_by_id ON authd.invitations (id);

CREATE INDEX invitations_by_end ON authd.invitations (expires_at_us);

-- Users who were invited and have not accepted yet, by age.
CREATE INDEX users_invited ON authd.users (created_at_us, id)
WHERE origin = 'invited' AND email_verified_at_us IS NULL AND last_login_at_us IS NULL;

DO $$ BEGIN PERFORM authd.protect_tables(); END $$;

"""#,
            down: #"""
DROP INDEX authd.users_invited;

DROP TABLE authd.invitations;

-- Programs of before do not know the word.
UPDATE authd.users SET origin = 'administrator' WHERE origin = 'invited';

"""#),
        Migration(
            version: 16, name: "providers",
            up: #"""
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

"""#,
            down: #"""
DROP TABLE authd.spent_values;

DROP TABLE authd.parked_callbacks;

DROP TABLE authd.provider_codes;

DROP TABLE authd.identities;

-- Programs of before do not know the word.
UPDATE authd.users SET origin = NULL WHERE origin = 'provider';

"""#),
        Migration(
            version: 17, name: "supabase",
            up: #"""
-- When a user was deleted whose row is kept.
ALTER TABLE authd.users ADD COLUMN deleted_at_us bigint;

-- What a mail of Supabase's API says beside its token, as JSON, and the canonical address by which its code is found.
ALTER TABLE authd.mailed_flows ADD COLUMN supabase text
CHECK (supabase IS NULL OR octet_length(supabase) <= 4096);

ALTER TABLE authd.mailed_flows ADD COLUMN code_address text COLLATE "C";

CREATE INDEX mailed_flows_by_address ON authd.mailed_flows (code_address, code_expires_at_us)
WHERE code_address IS NOT NULL;

-- Codes that are exchanged for a session with the verifier of a challenge. `generation` is that of the credential that was
-- shown when the mail was asked for.
CREATE TABLE authd.supabase_codes (
    digest bytea PRIMARY KEY,
    user_id uuid NOT NULL REFERENCES authd.users (id) ON DELETE CASCADE,
    method text NOT NULL,
    challenge bytea NOT NULL CHECK (octet_length(challenge) = 32),
    generation bigint,
    binds boolean NOT NULL,
    expires_at_us bigint NOT NULL,
    wrong_verifiers bigint NOT NULL CHECK (wrong_verifiers BETWEEN 0 AND 3)
);

CREATE INDEX supabase_codes_by_user ON authd.supabase_codes (user_id);

CREATE INDEX supabase_codes_by_end ON authd.supabase_codes (expires_at_us);

-- The first of the two confirmations of a change of address: of which mailbox, and of the change to which address.
CREATE TABLE authd.address_confirmations (
    user_id uuid PRIMARY KEY REFERENCES authd.users (id) ON DELETE CASCADE,
    address text NOT NULL,
    side text NOT NULL CHECK (side IN ('current', 'new')),
    expires_at_us bigint NOT NULL
);

CREATE INDEX address_confirmations_by_end ON authd.address_confirmations (expires_at_us);

-- What was taken of budgets that are named by keyed digests of addresses, also of addresses that no user has.
CREATE TABLE authd.supabase_budgets (
    key bytea PRIMARY KEY CHECK (octet_length(key) = 32),
    hourly_full_at_us bigint NOT NULL,
    daily_full_at_us bigint NOT NULL
);

CREATE INDEX supabase_budgets_by_end ON authd.supabase_budgets (daily_full_at_us);

-- Secret keys of the API. `digest` is the keyed digest of an opaque one; one of the form 'jwt' has none. `creator` is null for the
-- command line, and refers to nothing.
CREATE TABLE authd.supabase_keys (
    id uuid PRIMARY KEY,
    form text NOT NULL CHECK (form IN ('jwt', 'opaque')),
    digest bytea UNIQUE CHECK (digest IS NULL OR octet_length(digest) = 32),
    name text NOT NULL CHECK (octet_length(name) BETWEEN 1 AND 64),
    creator uuid,
    created_at_us bigint NOT NULL,
    last_used_at_us bigint,
    expires_at_us bigint NOT NULL,
    revoked_at_us bigint,
    CHECK ((form = 'opaque') = (digest IS NOT NULL))
);

DO $$ BEGIN PERFORM authd.protect_tables(); END $$;

"""#,
            down: #"""
DROP TABLE authd.supabase_keys;

DROP TABLE authd.supabase_budgets;

DROP TABLE authd.address_confirmations;

DROP TABLE authd.supabase_codes;

-- Programs of before do not know the word, nor what such a session is for.
DELETE FROM authd.settings WHERE name = 'supabase_key';

DELETE FROM authd.mail_requests WHERE kind = 'supabase';

DELETE FROM authd.one_time_tokens WHERE purpose = 'supabase';

DELETE FROM authd.mail_budgets WHERE purpose = 'supabase';

DELETE FROM authd.mailed_flows WHERE purpose = 'supabase';

DELETE FROM authd.sessions WHERE profile = 'supabase';

UPDATE authd.users SET origin = NULL WHERE origin = 'anonymous';

DROP INDEX authd.mailed_flows_by_address;

ALTER TABLE authd.mailed_flows DROP COLUMN code_address;

ALTER TABLE authd.mailed_flows DROP COLUMN supabase;

ALTER TABLE authd.users DROP COLUMN deleted_at_us;

"""#),
    ]

    /// The migrations of SQLite, in order.
    static let sqlite: [Migration] = [
        Migration(
            version: 1, name: "users",
            up: #"""
-- Times are microseconds since 1970 (`*_us`).
-- The `*_key` columns are copies to sort and search by, never null: '' stands for none and the least number for never.

CREATE TABLE users (
    id BLOB PRIMARY KEY NOT NULL CHECK (length(id) = 16),
    username TEXT,
    username_key TEXT NOT NULL,
    email TEXT,
    email_key TEXT NOT NULL,
    email_verified_at_us INTEGER,
    full_name TEXT,
    search_key TEXT NOT NULL,
    role TEXT NOT NULL CHECK (role <> ''),
    is_active INTEGER NOT NULL CHECK (is_active IN (0, 1)),
    banned_until_us INTEGER,
    is_anonymous INTEGER NOT NULL CHECK (is_anonymous IN (0, 1)),
    must_change_password INTEGER NOT NULL CHECK (must_change_password IN (0, 1)),
    epoch INTEGER NOT NULL CHECK (epoch >= 0),
    app_metadata TEXT NOT NULL,
    user_metadata TEXT NOT NULL,
    created_at_us INTEGER NOT NULL,
    updated_at_us INTEGER NOT NULL,
    last_login_at_us INTEGER,
    last_login_key INTEGER NOT NULL,
    CHECK ((username IS NULL) = (username_key = '')),
    CHECK ((email IS NULL) = (email_key = '')),
    CHECK (email IS NOT NULL OR email_verified_at_us IS NULL)
) STRICT;

CREATE INDEX users_by_created_at ON users (created_at_us, id);

CREATE INDEX users_by_updated_at ON users (updated_at_us, id);

CREATE INDEX users_by_last_login ON users (last_login_key, id);

CREATE INDEX users_by_username ON users (username_key, id);

CREATE INDEX users_by_email ON users (email_key, id);

CREATE INDEX users_by_role ON users (role, created_at_us, id);

-- One name space for each kind: what makes a name or an address unique. A name leads to a user's id and to nothing else, and
-- no foreign key ties it to the user: it is kept by its own key, users by theirs.
CREATE TABLE identifiers (
    kind TEXT NOT NULL CHECK (kind IN ('username', 'email')),
    canonical TEXT NOT NULL CHECK (canonical <> ''),
    user_id BLOB NOT NULL CHECK (length(user_id) = 16),
    verified_at_us INTEGER,
    PRIMARY KEY (kind, canonical)
) STRICT, WITHOUT ROWID;

-- Apart from the users, so that nothing that lists them can touch a hash.
-- `sample_key` is random: the first rows in its order are a fair sample of all.
CREATE TABLE passwords (
    user_id BLOB PRIMARY KEY NOT NULL CHECK (length(user_id) = 16) REFERENCES users (id) ON DELETE CASCADE,
    hash TEXT NOT NULL,
    cost TEXT NOT NULL,
    sample_key INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX passwords_by_sample ON passwords (sample_key, cost);

-- The count of users in sixteen parts, so that making users does not queue up at one row.
CREATE TABLE user_counts (
    shard INTEGER PRIMARY KEY,
    count INTEGER NOT NULL
) STRICT;

INSERT INTO user_counts (shard, count)
VALUES (0, 0), (1, 0), (2, 0), (3, 0), (4, 0), (5, 0), (6, 0), (7, 0),
    (8, 0), (9, 0), (10, 0), (11, 0), (12, 0), (13, 0), (14, 0), (15, 0);

"""#,
            down: #"""
DROP TABLE user_counts;

DROP TABLE passwords;

DROP TABLE identifiers;

DROP TABLE users;

"""#),
        Migration(
            version: 2, name: "sessions",
            up: #"""
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

"""#,
            down: #"""
DROP TABLE sessions;

"""#),
        Migration(
            version: 3, name: "one_time_tokens",
            up: #"""
CREATE TABLE one_time_tokens (
    user_id BLOB NOT NULL CHECK (length(user_id) = 16) REFERENCES users (id) ON DELETE CASCADE,
    digest BLOB NOT NULL,
    purpose TEXT NOT NULL,
    address TEXT NOT NULL,
    created_at_us INTEGER NOT NULL,
    expires_at_us INTEGER NOT NULL,
    PRIMARY KEY (user_id, digest)
) STRICT, WITHOUT ROWID;

CREATE INDEX one_time_tokens_by_expiry ON one_time_tokens (expires_at_us);

"""#,
            down: #"""
DROP TABLE one_time_tokens;

"""#),
        Migration(
            version: 4, name: "keys",
            up: #"""
CREATE TABLE signing_keys (
    id TEXT PRIMARY KEY NOT NULL,
    algorithm TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('pending', 'active', 'retiring', 'retired')),
    sealed_private_key BLOB NOT NULL,
    public_jwk TEXT NOT NULL,
    created_at_us INTEGER NOT NULL,
    state_changed_at_us INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE settings (
    name TEXT PRIMARY KEY NOT NULL,
    value BLOB NOT NULL
) STRICT, WITHOUT ROWID;

"""#,
            down: #"""
DROP TABLE settings;

DROP TABLE signing_keys;

"""#),
        Migration(
            version: 5, name: "change_feed",
            up: #"""
-- One row: the cursor of the newest entry. Every transaction that appends counts it up, so that the order of cursors is
-- the order of commits, without a gap.
CREATE TABLE feed_head (
    one INTEGER PRIMARY KEY DEFAULT 1 CHECK (one = 1),
    cursor INTEGER NOT NULL CHECK (cursor >= 0)
) STRICT;

INSERT INTO feed_head (cursor) VALUES (0);

-- Without a row id: one would be given to an entry whose cursor is missing, which must fail.
CREATE TABLE change_feed (
    cursor INTEGER NOT NULL PRIMARY KEY CHECK (cursor > 0),
    at_us INTEGER NOT NULL,
    kind TEXT NOT NULL,
    user_id BLOB,
    session_id BLOB,
    epoch INTEGER
) STRICT, WITHOUT ROWID;

CREATE INDEX change_feed_by_time ON change_feed (at_us);

"""#,
            down: #"""
DROP TABLE change_feed;

DROP TABLE feed_head;

"""#),
        Migration(
            version: 6, name: "audit",
            up: #"""
-- SPDX-License-Identifier: Apache-2.0

CREATE TABLE audit_events (
    cursor INTEGER PRIMARY KEY AUTOINCREMENT,
    at_us INTEGER NOT NULL,
    action TEXT NOT NULL,
    refusal TEXT,
    actor BLOB,
    target BLOB,
    session_id BLOB,
    source TEXT,
    user_agent TEXT,
    request_id TEXT,
    count INTEGER NOT NULL DEFAULT 1,
    sequence INTEGER,
    chain BLOB,
    payload_digest BLOB,
    salt BLOB
) STRICT;

CREATE UNIQUE INDEX audit_events_by_sequence ON audit_events (sequence) WHERE sequence IS NOT NULL;

CREATE INDEX audit_events_unsealed ON audit_events (cursor) WHERE sequence IS NULL;

CREATE INDEX audit_events_by_actor ON audit_events (actor, cursor) WHERE actor IS NOT NULL;

CREATE INDEX audit_events_by_target ON audit_events (target, cursor) WHERE target IS NOT NULL;

-- The opening record of each segment of the chain, and its key, sealed under the root key.
CREATE TABLE audit_segments (
    number INTEGER PRIMARY KEY,
    reason TEXT NOT NULL,
    opened_at_us INTEGER NOT NULL,
    author TEXT NOT NULL,
    found_segment INTEGER NOT NULL,
    found_sequence INTEGER NOT NULL,
    found_digest BLOB NOT NULL,
    expected_segment INTEGER,
    expected_sequence INTEGER,
    expected_digest BLOB,
    digest BLOB NOT NULL,
    sealed_key BLOB NOT NULL
) STRICT;

-- One row, which sealing, erasing and cutting lock.
CREATE TABLE audit_head (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    segment INTEGER NOT NULL,
    sequence INTEGER NOT NULL,
    digest BLOB NOT NULL
) STRICT;

INSERT INTO audit_head (id, segment, sequence, digest) VALUES (1, 0, 0, zeroblob(32));

-- The signed records of removals.
CREATE TABLE audit_cuts (
    sequence INTEGER PRIMARY KEY,
    segment INTEGER NOT NULL,
    digest BLOB NOT NULL,
    cutoff_us INTEGER NOT NULL,
    at_us INTEGER NOT NULL,
    author TEXT NOT NULL,
    signed_by INTEGER NOT NULL,
    signature BLOB NOT NULL
) STRICT;

"""#,
            down: #"""
-- SPDX-License-Identifier: Apache-2.0

DROP TABLE audit_cuts;

DROP TABLE audit_head;

DROP TABLE audit_segments;

DROP TABLE audit_events;

"""#),
        Migration(
            version: 7, name: "sign_in_limits",
            up: #"""
-- The key is a keyed digest: no name, address or network can be read from it.
CREATE TABLE sign_in_budgets (
    key BLOB PRIMARY KEY NOT NULL,
    failures INTEGER NOT NULL,
    full_at_us INTEGER NOT NULL,
    blocked_until_us INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX sign_in_budgets_by_end ON sign_in_budgets (full_at_us);

"""#,
            down: #"""
DROP TABLE sign_in_budgets;

"""#),
        Migration(
            version: 8, name: "source_limits",
            up: #"""
-- The key is a keyed digest: no address or network can be read from it.
CREATE TABLE source_limits (
    key BLOB PRIMARY KEY NOT NULL,
    full_at_us INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX source_limits_by_end ON source_limits (full_at_us);

"""#,
            down: #"""
DROP TABLE source_limits;

"""#),
        Migration(
            version: 9, name: "sign_in_places",
            up: #"""
-- The digest is keyed: no network and no user agent can be read from it.
CREATE TABLE sign_in_places (
    user_id BLOB NOT NULL CHECK (length(user_id) = 16) REFERENCES users (id) ON DELETE CASCADE,
    digest BLOB NOT NULL,
    seen_at_us INTEGER NOT NULL,
    noticed_at_us INTEGER,
    PRIMARY KEY (user_id, digest)
) STRICT, WITHOUT ROWID;

CREATE INDEX sign_in_places_by_age ON sign_in_places (seen_at_us);

"""#,
            down: #"""
DROP TABLE sign_in_places;

"""#),
        Migration(
            version: 10, name: "outbox",
            up: #"""
-- What must be delivered: mails and events, each written in the transaction of its cause. A row holds no secret: the text of a
-- one-time token is made at delivery from its content and a key that is not in the database.
-- `user_id` is the nil UUID where there is no user; no foreign key ties it to the users, whose events outlive them.
-- `leased_until_us` is the least number where no process delivers the row.
CREATE TABLE outbox (
    user_id BLOB NOT NULL CHECK (length(user_id) = 16),
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    lane TEXT NOT NULL CHECK (lane IN ('notice', 'mail', 'event')),
    destination TEXT NOT NULL,
    kind TEXT NOT NULL,
    recipient TEXT,
    token_digest BLOB,
    token_content BLOB,
    details TEXT NOT NULL,
    source TEXT,
    user_agent TEXT,
    request_id TEXT,
    created_at_us INTEGER NOT NULL,
    expires_at_us INTEGER NOT NULL,
    attempts INTEGER NOT NULL,
    due_at_us INTEGER NOT NULL,
    lease BLOB,
    leased_until_us INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('due', 'dead')),
    failure TEXT
) STRICT;

-- The number is in every index, as the key of the row: to name it here as well misleads SQLite.
CREATE INDEX outbox_by_user ON outbox (user_id);

CREATE INDEX outbox_due ON outbox (lane, destination, due_at_us) WHERE state = 'due';

CREATE INDEX outbox_dead ON outbox (expires_at_us) WHERE state = 'dead';

"""#,
            down: #"""
DROP TABLE outbox;

"""#),
        Migration(
            version: 11, name: "roles",
            up: #"""
-- What administrators, commands and the operator's file define beside the program's own roles. The epoch is raised whenever
-- a role grants less than before.
CREATE TABLE roles (
    name TEXT PRIMARY KEY NOT NULL CHECK (name <> ''),
    description TEXT NOT NULL,
    permissions TEXT NOT NULL,
    origin TEXT NOT NULL CHECK (origin IN ('file', 'data')),
    epoch INTEGER NOT NULL CHECK (epoch >= 0),
    updated_at_us INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- What a user may do beside the role: names with single spaces between them.
ALTER TABLE users ADD COLUMN permissions TEXT NOT NULL DEFAULT '';

ALTER TABLE change_feed ADD COLUMN role TEXT;

"""#,
            down: #"""
-- Programs of before do not know these entries.
UPDATE change_feed SET kind = 'keys_changed', epoch = NULL WHERE kind IN ('roles_changed', 'role_narrowed');

ALTER TABLE change_feed DROP COLUMN role;

ALTER TABLE users DROP COLUMN permissions;

DROP TABLE roles;

"""#),
        Migration(
            version: 12, name: "registration",
            up: #"""
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

"""#,
            down: #"""
DROP TABLE reserved_identifiers;

DROP INDEX users_unverified;

ALTER TABLE users DROP COLUMN locale;

ALTER TABLE users DROP COLUMN origin;

"""#),
        Migration(
            version: 13, name: "mailed_flows",
            up: #"""
-- The generation of the password and the known devices, and whether they were shown with a proof of the mailbox.
ALTER TABLE users ADD COLUMN credential_generation INTEGER NOT NULL DEFAULT 0;

ALTER TABLE users ADD COLUMN is_bound INTEGER NOT NULL DEFAULT 0;

-- Requests about an address that are not answered yet, the same for addresses of users and others: nothing was looked up for
-- them. `user_id` is that of a user who asks with a session, the nil UUID for others; no foreign key ties it to the users.
-- `leased_until_us` is the least number where no process has the row in hand.
CREATE TABLE mail_requests (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL,
    flow BLOB NOT NULL,
    address TEXT NOT NULL,
    user_id BLOB NOT NULL CHECK (length(user_id) = 16),
    holder TEXT NOT NULL,
    standing TEXT NOT NULL CHECK (standing IN ('stranger', 'known')),
    details TEXT NOT NULL,
    source TEXT,
    user_agent TEXT,
    request_id TEXT,
    created_at_us INTEGER NOT NULL,
    due_at_us INTEGER NOT NULL,
    attempts INTEGER NOT NULL,
    lease BLOB,
    leased_until_us INTEGER NOT NULL
) STRICT;

-- The number is in every index, as the key of the row: to name it here as well misleads SQLite.
CREATE INDEX mail_requests_due ON mail_requests (standing, due_at_us);

CREATE INDEX mail_requests_by_holder ON mail_requests (standing, holder);

CREATE INDEX mail_requests_by_user ON mail_requests (user_id);

-- Mailed actions from the request to the end, each named by the keyed digest of its handle. There is a row whether or not a
-- user has the address. `user_id` and `token_digest` name the one-time token; where no mail was sent they are the nil UUID and
-- null. `mailed_at_us` is the least number where no mail counts for the installation's budget.
CREATE TABLE mailed_flows (
    flow BLOB PRIMARY KEY NOT NULL,
    purpose TEXT NOT NULL,
    recipient TEXT NOT NULL,
    user_id BLOB NOT NULL CHECK (length(user_id) = 16),
    token_digest BLOB,
    shown INTEGER,
    code_digest BLOB NOT NULL,
    wrong_codes INTEGER NOT NULL CHECK (wrong_codes BETWEEN 0 AND 5),
    code_expires_at_us INTEGER NOT NULL,
    expires_at_us INTEGER NOT NULL,
    mailed_at_us INTEGER NOT NULL,
    ended_at_us INTEGER,
    source TEXT,
    user_agent TEXT,
    created_at_us INTEGER NOT NULL,
    kept_until_us INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX mailed_flows_by_token ON mailed_flows (user_id, token_digest);

CREATE INDEX mailed_flows_by_mail ON mailed_flows (mailed_at_us);

CREATE INDEX mailed_flows_by_end ON mailed_flows (kept_until_us);

-- What was taken of the budgets of mails to a user.
CREATE TABLE mail_budgets (
    user_id BLOB NOT NULL CHECK (length(user_id) = 16) REFERENCES users (id) ON DELETE CASCADE,
    purpose TEXT NOT NULL,
    standing TEXT NOT NULL CHECK (standing IN ('stranger', 'known')),
    hourly_full_at_us INTEGER NOT NULL,
    daily_full_at_us INTEGER NOT NULL,
    PRIMARY KEY (user_id, purpose, standing)
) STRICT, WITHOUT ROWID;

CREATE INDEX mail_budgets_by_end ON mail_budgets (daily_full_at_us);

"""#,
            down: #"""
DROP TABLE mail_budgets;

DROP TABLE mailed_flows;

DROP TABLE mail_requests;

-- Programs of before do not know these words.
DELETE FROM one_time_tokens WHERE purpose NOT IN ('password_reset', 'email_verification');

UPDATE sessions SET end_reason = 'password_changed' WHERE end_reason = 'credentials_voided';

ALTER TABLE users DROP COLUMN is_bound;

ALTER TABLE users DROP COLUMN credential_generation;

"""#),
        Migration(
            version: 14, name: "address_changes",
            up: #"""
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

"""#,
            down: #"""
DROP TABLE address_changes;

-- Programs of before do not know these words.
DELETE FROM one_time_tokens WHERE purpose IN ('address_change', 'address_undo');

ALTER TABLE users DROP COLUMN new_email;

"""#),
        Migration(
            version: 15, name: "invitations",
            up: #"""
-- Invitations, each of a user: an address that no user had gets one, whose origin is then 'invited'.
-- `inviter` is null where the operator has invited; no foreign key ties it to the users, who may be gone before the invitation.
CREATE TABLE invitations (
    user_id BLOB NOT NULL CHECK (length(user_id) = 16) REFERENCES users (id) ON DELETE CASCADE,
    id BLOB NOT NULL CHECK (length(id) = 16),
    role TEXT NOT NULL,
    inviter BLOB CHECK (inviter IS NULL OR length(inviter) = 16),
    created_at_us INTEGER NOT NULL,
    sent_at_us INTEGER NOT NULL,
    expires_at_us INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('pending', 'accepted', 'revoked')),
    PRIMARY KEY (user_id, id)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX invitations_by_id ON invitations (id);

CREATE INDEX invitations_by_end ON invitations (expires_at_us);

-- Users who were invited and have not accepted yet, by age.
CREATE INDEX users_invited ON users (created_at_us, id)
WHERE origin = 'invited' AND email_verified_at_us IS NULL AND last_login_at_us IS NULL;

"""#,
            down: #"""
DROP INDEX users_invited;

DROP TABLE invitations;

-- Programs of before do not know the word.
UPDATE users SET origin = 'administrator' WHERE origin = 'invited';

"""#),
        Migration(
            version: 16, name: "providers",
            up: #"""
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

"""#,
            down: #"""
DROP TABLE spent_values;

DROP TABLE parked_callbacks;

DROP TABLE provider_codes;

DROP TABLE identities;

-- Programs of before do not know the word.
UPDATE users SET origin = NULL WHERE origin = 'provider';

"""#),
        Migration(
            version: 17, name: "supabase",
            up: #"""
-- When a user was deleted whose row is kept.
ALTER TABLE users ADD COLUMN deleted_at_us INTEGER;

-- What a mail of Supabase's API says beside its token, as JSON, and the canonical address by which its code is found.
ALTER TABLE mailed_flows ADD COLUMN supabase TEXT
CHECK (supabase IS NULL OR length(CAST(supabase AS BLOB)) <= 4096);

ALTER TABLE mailed_flows ADD COLUMN code_address TEXT;

CREATE INDEX mailed_flows_by_address ON mailed_flows (code_address, code_expires_at_us) WHERE code_address IS NOT NULL;

-- Codes that are exchanged for a session with the verifier of a challenge. `generation` is that of the credential that was
-- shown when the mail was asked for.
CREATE TABLE supabase_codes (
    digest BLOB PRIMARY KEY NOT NULL,
    user_id BLOB NOT NULL CHECK (length(user_id) = 16) REFERENCES users (id) ON DELETE CASCADE,
    method TEXT NOT NULL,
    challenge BLOB NOT NULL CHECK (length(challenge) = 32),
    generation INTEGER,
    binds INTEGER NOT NULL CHECK (binds IN (0, 1)),
    expires_at_us INTEGER NOT NULL,
    wrong_verifiers INTEGER NOT NULL CHECK (wrong_verifiers BETWEEN 0 AND 3)
) STRICT, WITHOUT ROWID;

CREATE INDEX supabase_codes_by_user ON supabase_codes (user_id);

CREATE INDEX supabase_codes_by_end ON supabase_codes (expires_at_us);

-- The first of the two confirmations of a change of address: of which mailbox, and of the change to which address.
CREATE TABLE address_confirmations (
    user_id BLOB PRIMARY KEY NOT NULL CHECK (length(user_id) = 16) REFERENCES users (id) ON DELETE CASCADE,
    address TEXT NOT NULL,
    side TEXT NOT NULL CHECK (side IN ('current', 'new')),
    expires_at_us INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX address_confirmations_by_end ON address_confirmations (expires_at_us);

-- What was taken of budgets that are named by keyed digests of addresses, also of addresses that no user has.
CREATE TABLE supabase_budgets (
    key BLOB PRIMARY KEY NOT NULL CHECK (length(key) = 32),
    hourly_full_at_us INTEGER NOT NULL,
    daily_full_at_us INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX supabase_budgets_by_end ON supabase_budgets (daily_full_at_us);

-- Secret keys of the API. `digest` is the keyed digest of an opaque one; one of the form 'jwt' has none. `creator` is null for the
-- command line, and refers to nothing.
CREATE TABLE supabase_keys (
    id BLOB PRIMARY KEY NOT NULL CHECK (length(id) = 16),
    form TEXT NOT NULL CHECK (form IN ('jwt', 'opaque')),
    digest BLOB UNIQUE CHECK (digest IS NULL OR length(digest) = 32),
    name TEXT NOT NULL CHECK (length(CAST(name AS BLOB)) BETWEEN 1 AND 64),
    creator BLOB CHECK (creator IS NULL OR length(creator) = 16),
    created_at_us INTEGER NOT NULL,
    last_used_at_us INTEGER,
    expires_at_us INTEGER NOT NULL,
    revoked_at_us INTEGER,
    CHECK ((form = 'opaque') = (digest IS NOT NULL))
) STRICT, WITHOUT ROWID;

"""#,
            down: #"""
DROP TABLE supabase_keys;

DROP TABLE supabase_budgets;

DROP TABLE address_confirmations;

DROP TABLE supabase_codes;

-- Programs of before do not know the word, nor what such a session is for.
DELETE FROM settings WHERE name = 'supabase_key';

DELETE FROM mail_requests WHERE kind = 'supabase';

DELETE FROM one_time_tokens WHERE purpose = 'supabase';

DELETE FROM mail_budgets WHERE purpose = 'supabase';

DELETE FROM mailed_flows WHERE purpose = 'supabase';

DELETE FROM sessions WHERE profile = 'supabase';

UPDATE users SET origin = NULL WHERE origin = 'anonymous';

DROP INDEX mailed_flows_by_address;

ALTER TABLE mailed_flows DROP COLUMN code_address;

ALTER TABLE mailed_flows DROP COLUMN supabase;

ALTER TABLE users DROP COLUMN deleted_at_us;

"""#),
    ]
}
