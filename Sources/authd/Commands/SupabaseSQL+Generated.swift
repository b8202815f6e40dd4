// SPDX-License-Identifier: Apache-2.0
// Made by scripts/embed-supabase-sql.py from db/supabase/auth.sql; do not edit.

/// The SQL file with functions and roles for row-level security policies that were written for Supabase.
enum SupabaseSQL {
    /// The file's text, which ends with a line feed.
    static let text = #"""
-- SPDX-License-Identifier: Apache-2.0
--
-- Functions and roles for row-level security policies that were written for Supabase, on a plain PostgreSQL (14 or
-- later).
--
-- `authd supabase sql` prints this file. Run it as a superuser in the database of the application:
--     authd supabase sql | psql -v ON_ERROR_STOP=1
-- It can be run again. It refuses to run where a schema `auth` of another origin exists, as on Supabase itself, or where
-- a role other than a superuser owns that schema or a function in it: that role could change what policies call.
--
-- A server that queries for its users, such as PostgREST, signs in as a role of its own, to which these three are
-- granted. It verifies the token of a request, the audience `authenticated` included, and begins the transaction with:
--     SET LOCAL ROLE authenticated;
--     SELECT set_config('request.jwt.claims', '{"sub": …}', true);
BEGIN;

DO $$
BEGIN
    IF NOT (SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user) THEN
        RAISE EXCEPTION 'this file must be run as a superuser, and "%" is none', current_user
            USING HINT = 'Else the owner of these functions could change what policies call.';
    END IF;
    IF pg_catalog.to_regnamespace('auth') IS NOT NULL
        AND pg_catalog.obj_description(pg_catalog.to_regnamespace('auth'), 'pg_namespace')
            IS DISTINCT FROM 'authd: functions for row-level security'
    THEN
        RAISE EXCEPTION 'a schema "auth" exists that this file has not made'
            USING HINT = 'Use another database, or keep the functions of that schema.';
    END IF;
END
$$;

-- Roles belong to the whole server. One that exists is used as it is, unless it can sign in, has other attributes, or has
-- the rights of a further role as a member of it.
DO $$
DECLARE
    wanted record;
    present pg_catalog.pg_roles;
BEGIN
    FOR wanted IN
        SELECT * FROM (VALUES ('anon', false), ('authenticated', false), ('service_role', true)) AS r (name, bypasses)
    LOOP
        SELECT * INTO present FROM pg_catalog.pg_roles WHERE rolname = wanted.name;
        IF NOT FOUND THEN
            EXECUTE pg_catalog.format(
                'CREATE ROLE %I NOLOGIN NOINHERIT %s', wanted.name,
                CASE WHEN wanted.bypasses THEN 'BYPASSRLS' ELSE 'NOBYPASSRLS' END);
        ELSIF present.rolcanlogin OR present.rolsuper OR present.rolcreaterole OR present.rolcreatedb OR present.rolreplication
            OR present.rolbypassrls <> wanted.bypasses
        THEN
            RAISE EXCEPTION 'a role "%" exists that can sign in or has other attributes than here', wanted.name
                USING HINT = 'Rename it, or take LOGIN and its other attributes away.';
        ELSIF EXISTS (SELECT FROM pg_catalog.pg_auth_members WHERE member = present.oid) THEN
            RAISE EXCEPTION 'a role "%" exists that is a member of another role', wanted.name
                USING HINT = 'Rename it, or revoke that membership.';
        END IF;
    END LOOP;
END
$$;

CREATE SCHEMA IF NOT EXISTS auth;
COMMENT ON SCHEMA auth IS 'authd: functions for row-level security';
-- Other roles could otherwise put functions there, which policies would call.
REVOKE ALL ON SCHEMA auth FROM PUBLIC;

-- The claims of the token, or NULL where there are none: no setting, an empty one (which a pooled connection keeps
-- after the transaction), no JSON, or JSON that is no object.
CREATE OR REPLACE FUNCTION auth.jwt() RETURNS jsonb
LANGUAGE plpgsql STABLE SET search_path = ''
AS $$
DECLARE
    claims jsonb;
BEGIN
    claims := NULLIF(pg_catalog.current_setting('request.jwt.claims', true), '')::jsonb;
    IF pg_catalog.jsonb_typeof(claims) = 'object' THEN
        RETURN claims;
    END IF;
    RETURN NULL;
EXCEPTION WHEN data_exception OR program_limit_exceeded THEN
    RETURN NULL;
END
$$;

-- The id of the user, or NULL where the subject is no UUID, as in an API key.
CREATE OR REPLACE FUNCTION auth.uid() RETURNS uuid
LANGUAGE plpgsql STABLE SET search_path = ''
AS $$
BEGIN
    RETURN (auth.jwt() ->> 'sub')::uuid;
EXCEPTION WHEN data_exception THEN
    RETURN NULL;
END
$$;

-- The role of the token: `authenticated`, `anon` or `service_role`.
CREATE OR REPLACE FUNCTION auth.role() RETURNS text
LANGUAGE sql STABLE SET search_path = ''
AS $$ SELECT auth.jwt() ->> 'role' $$;

-- The address that the user had when the token was signed, or an empty text.
CREATE OR REPLACE FUNCTION auth.email() RETURNS text
LANGUAGE sql STABLE SET search_path = ''
AS $$ SELECT auth.jwt() ->> 'email' $$;

REVOKE ALL ON ALL FUNCTIONS IN SCHEMA auth FROM PUBLIC;
GRANT USAGE ON SCHEMA auth TO anon, authenticated, service_role;
GRANT EXECUTE ON FUNCTION auth.jwt(), auth.uid(), auth.role(), auth.email() TO anon, authenticated, service_role;

-- What was here before keeps its owner. This is looked at last, so that nothing can come between.
DO $$
DECLARE
    foreign_owner text;
BEGIN
    SELECT r.rolname INTO foreign_owner
    FROM pg_catalog.pg_roles AS r
    WHERE NOT r.rolsuper
        AND (EXISTS (SELECT FROM pg_catalog.pg_namespace AS n WHERE n.nspname = 'auth' AND n.nspowner = r.oid)
            OR EXISTS (
                SELECT FROM pg_catalog.pg_proc AS p
                WHERE p.pronamespace = pg_catalog.to_regnamespace('auth')::oid AND p.proowner = r.oid))
    ORDER BY r.rolname LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'the role "%" owns the schema "auth" or a function in it, and is no superuser', foreign_owner
            USING HINT = 'Drop what it has made there, or make a superuser the owner.';
    END IF;
END
$$;

-- authd's own tables, where they are in this database: no right of any kind for these roles, which one of them could
-- also have as PUBLIC.
DO $$
DECLARE
    name text;
BEGIN
    IF pg_catalog.to_regnamespace('authd') IS NOT NULL THEN
        REVOKE ALL ON ALL TABLES IN SCHEMA authd FROM anon, authenticated, service_role;
        REVOKE ALL ON ALL SEQUENCES IN SCHEMA authd FROM anon, authenticated, service_role;
        REVOKE ALL ON ALL FUNCTIONS IN SCHEMA authd FROM anon, authenticated, service_role;
        REVOKE ALL ON SCHEMA authd FROM anon, authenticated, service_role;
        FOREACH name IN ARRAY ARRAY['anon', 'authenticated', 'service_role'] LOOP
            IF pg_catalog.has_schema_privilege(name, 'authd', 'USAGE, CREATE') THEN
                RAISE EXCEPTION 'the role "%" has a right on the schema "authd"', name
                    USING HINT = 'Revoke what PUBLIC has on it.';
            END IF;
        END LOOP;
    END IF;
END
$$;

COMMIT;

"""#
}
