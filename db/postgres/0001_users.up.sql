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
