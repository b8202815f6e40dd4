--
-- PostgreSQL database dump
--


-- Dumped from database version 15.18 (Debian 15.18-0+deb12u1)
-- Dumped by pg_dump version 15.18 (Debian 15.18-0+deb12u1)

SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;

--
-- Name: authd; Type: SCHEMA; Schema: -; Owner: -
--

CREATE SCHEMA authd;


--
-- Name: announce_change(); Type: FUNCTION; Schema: authd; Owner: -
--

CREATE FUNCTION authd.announce_change() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
BEGIN
    PERFORM pg_catalog.pg_notify('authd_changes', '');
    RETURN NULL;
END
$$;


--
-- Name: protect_tables(); Type: FUNCTION; Schema: authd; Owner: -
--

CREATE FUNCTION authd.protect_tables() RETURNS void
    LANGUAGE plpgsql
    SET search_path TO ''
    SET client_min_messages TO 'warning'
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


SET default_tablespace = '';

SET default_table_access_method = heap;

--
-- Name: audit_cuts; Type: TABLE; Schema: authd; Owner: -
--

CREATE TABLE authd.audit_cuts (
    sequence bigint NOT NULL,
    segment bigint NOT NULL,
    digest bytea NOT NULL,
    cutoff_us bigint NOT NULL,
    at_us bigint NOT NULL,
    author text NOT NULL,
    signed_by bigint NOT NULL,
    signature bytea NOT NULL
);


--
-- Name: audit_events; Type: TABLE; Schema: authd; Owner: -
--

CREATE TABLE authd.audit_events (
    cursor bigint NOT NULL,
    at_us bigint NOT NULL,
    action text NOT NULL,
    refusal text,
    actor uuid,
    target uuid,
    session_id uuid,
    source text,
    user_agent text,
    request_id text,
    count bigint DEFAULT 1 NOT NULL,
    sequence bigint,
    chain bytea,
    payload_digest bytea,
    salt bytea
);


--
-- Name: audit_events_cursor_seq; Type: SEQUENCE; Schema: authd; Owner: -
--

ALTER TABLE authd.audit_events ALTER COLUMN cursor ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME authd.audit_events_cursor_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: audit_head; Type: TABLE; Schema: authd; Owner: -
--

CREATE TABLE authd.audit_head (
    id bigint NOT NULL,
    segment bigint NOT NULL,
    sequence bigint NOT NULL,
    digest bytea NOT NULL,
    CONSTRAINT audit_head_id_check CHECK ((id = 1))
);


--
-- Name: audit_segments; Type: TABLE; Schema: authd; Owner: -
--

CREATE TABLE authd.audit_segments (
    number bigint NOT NULL,
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


--
-- Name: change_feed; Type: TABLE; Schema: authd; Owner: -
--

CREATE TABLE authd.change_feed (
    cursor bigint NOT NULL,
    at_us bigint NOT NULL,
    kind text NOT NULL,
    user_id uuid,
    session_id uuid,
    epoch bigint,
    CONSTRAINT change_feed_cursor_check CHECK ((cursor > 0))
);


--
-- Name: feed_head; Type: TABLE; Schema: authd; Owner: -
--

CREATE TABLE authd.feed_head (
    one boolean DEFAULT true NOT NULL,
    cursor bigint NOT NULL,
    CONSTRAINT feed_head_cursor_check CHECK ((cursor >= 0)),
    CONSTRAINT feed_head_one_check CHECK (one)
)
WITH (fillfactor='10');


--
-- Name: identifiers; Type: TABLE; Schema: authd; Owner: -
--

CREATE TABLE authd.identifiers (
    kind text NOT NULL,
    canonical text NOT NULL COLLATE pg_catalog."C",
    user_id uuid NOT NULL,
    verified_at_us bigint,
    CONSTRAINT identifiers_canonical_check CHECK ((canonical <> ''::text)),
    CONSTRAINT identifiers_kind_check CHECK ((kind = ANY (ARRAY['username'::text, 'email'::text])))
);


--
-- Name: one_time_tokens; Type: TABLE; Schema: authd; Owner: -
--

CREATE TABLE authd.one_time_tokens (
    user_id uuid NOT NULL,
    digest bytea NOT NULL,
    purpose text NOT NULL,
    address text NOT NULL,
    created_at_us bigint NOT NULL,
    expires_at_us bigint NOT NULL
);


--
-- Name: passwords; Type: TABLE; Schema: authd; Owner: -
--

CREATE TABLE authd.passwords (
    user_id uuid NOT NULL,
    hash text NOT NULL,
    cost text NOT NULL,
    sample_key bigint NOT NULL
);


--
-- Name: schema_migrations; Type: TABLE; Schema: authd; Owner: -
--

CREATE TABLE authd.schema_migrations (
    version bigint NOT NULL,
    name text NOT NULL,
    checksum text NOT NULL,
    applied_at_us bigint NOT NULL
);


--
-- Name: sessions; Type: TABLE; Schema: authd; Owner: -
--

CREATE TABLE authd.sessions (
    user_id uuid NOT NULL,
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
    counter bigint NOT NULL,
    rotated_at_us bigint NOT NULL,
    late_replays bigint NOT NULL,
    rotations_since_replay bigint NOT NULL,
    idle_until_us bigint NOT NULL,
    ended_at_us bigint,
    end_reason text,
    over_on_day bigint NOT NULL,
    CONSTRAINT sessions_check CHECK (((ended_at_us IS NULL) = (end_reason IS NULL))),
    CONSTRAINT sessions_counter_check CHECK ((counter >= 0))
)
WITH (fillfactor='80');


--
-- Name: settings; Type: TABLE; Schema: authd; Owner: -
--

CREATE TABLE authd.settings (
    name text NOT NULL,
    value bytea NOT NULL
);


--
-- Name: sign_in_budgets; Type: TABLE; Schema: authd; Owner: -
--

CREATE TABLE authd.sign_in_budgets (
    key bytea NOT NULL,
    failures bigint NOT NULL,
    full_at_us bigint NOT NULL,
    blocked_until_us bigint NOT NULL
);


--
-- Name: sign_in_places; Type: TABLE; Schema: authd; Owner: -
--

CREATE TABLE authd.sign_in_places (
    user_id uuid NOT NULL,
    digest bytea NOT NULL,
    seen_at_us bigint NOT NULL,
    noticed_at_us bigint
);


--
-- Name: signing_keys; Type: TABLE; Schema: authd; Owner: -
--

CREATE TABLE authd.signing_keys (
    id text NOT NULL,
    algorithm text NOT NULL,
    state text NOT NULL,
    sealed_private_key bytea NOT NULL,
    public_jwk text NOT NULL,
    created_at_us bigint NOT NULL,
    state_changed_at_us bigint NOT NULL,
    CONSTRAINT signing_keys_state_check CHECK ((state = ANY (ARRAY['pending'::text, 'active'::text, 'retiring'::text, 'retired'::text])))
);


--
-- Name: source_limits; Type: TABLE; Schema: authd; Owner: -
--

CREATE TABLE authd.source_limits (
    key bytea NOT NULL,
    full_at_us bigint NOT NULL
);


--
-- Name: user_counts; Type: TABLE; Schema: authd; Owner: -
--

CREATE TABLE authd.user_counts (
    shard bigint NOT NULL,
    count bigint NOT NULL
);


--
-- Name: users; Type: TABLE; Schema: authd; Owner: -
--

CREATE TABLE authd.users (
    id uuid NOT NULL,
    username text,
    username_key text NOT NULL COLLATE pg_catalog."C",
    email text,
    email_key text NOT NULL COLLATE pg_catalog."C",
    email_verified_at_us bigint,
    full_name text,
    search_key text NOT NULL,
    role text NOT NULL,
    is_active boolean NOT NULL,
    banned_until_us bigint,
    is_anonymous boolean NOT NULL,
    must_change_password boolean NOT NULL,
    epoch bigint NOT NULL,
    app_metadata text NOT NULL,
    user_metadata text NOT NULL,
    created_at_us bigint NOT NULL,
    updated_at_us bigint NOT NULL,
    last_login_at_us bigint,
    last_login_key bigint NOT NULL,
    CONSTRAINT users_check CHECK (((username IS NULL) = (username_key = ''::text))),
    CONSTRAINT users_check1 CHECK (((email IS NULL) = (email_key = ''::text))),
    CONSTRAINT users_check2 CHECK (((email IS NOT NULL) OR (email_verified_at_us IS NULL))),
    CONSTRAINT users_epoch_check CHECK ((epoch >= 0)),
    CONSTRAINT users_role_check CHECK ((role <> ''::text))
);


--
-- Data for Name: audit_cuts; Type: TABLE DATA; Schema: authd; Owner: -
--

COPY authd.audit_cuts (sequence, segment, digest, cutoff_us, at_us, author, signed_by, signature) FROM stdin;
\.


--
-- Data for Name: audit_events; Type: TABLE DATA; Schema: authd; Owner: -
--

COPY authd.audit_events (cursor, at_us, action, refusal, actor, target, session_id, source, user_agent, request_id, count, sequence, chain, payload_digest, salt) FROM stdin;
1	1795782224604436	key_created	\N	\N	\N	\N	\N	\N	\N	1	1	\\xcf4a0ff033c9fc6498b92f3b89bd098b50f0ab3b6832fafedb95a800dfe2c4ab	\\x02e871dac754c5b38b9d825bcb94662afc49e05793ca5786c7e353bb0b00b01b	\\x979ebbf1752129329d1afd9355a780cd
2	1795782224610754	user_created	\N	\N	01a21cf6-2ae2-7a7a-8e5a-4f09579cf39b	\N	\N	\N	\N	1	2	\\xe248ae6fd1ea5b597c5c9a502d4df3cab3bf32523ab33d81cf6dd33d33bca17d	\\x581a0d8798de15b86aec47e54cf765fd312d957fa3b1042b5e4bfa383f03f55c	\\x86626ba5dd71f4b753af05786f6c7c73
3	1795782224823383	user_created	\N	\N	01a21cf6-2bb7-7ab5-82ef-7253305ff318	\N	\N	\N	\N	1	3	\\xb2c86b7238176af0248d952864c8c10ee01f7a228ace78d0f4a0fa303724a6b0	\\xabfaf47d1f804cbc28e128179a2820c09a1f24a3138c18b90c027dd1ed2f95af	\\x90f7e57154226a83cf097391023e82d2
4	1795782225118196	user_created	\N	\N	01a21cf6-2cde-7398-bd9f-a7638637f36b	\N	\N	\N	\N	1	4	\\x80a0eb370241d2c0b0d1d30b6c5516f2e88d37add08b49bc82134ab576b86f42	\\x4458794841c6581b1ef50566834496995b04defd1d4cd6c195add3a3701bbdd5	\\x0d575a81f56b130c1d9cc9be90b96553
5	1795782225385081	user_deactivated	\N	\N	01a21cf6-2cde-7398-bd9f-a7638637f36b	\N	\N	\N	\N	1	5	\\xed8d896f710bfb9d0b2cbd836d052e8cbd012df7a591be5197af56a271dbb803	\\xe154f033d918e5a2f7ae4d2e9310c39e11fc4e66612eeddd47a5a3ece3a04483	\\x6a2adb04ee297916020b2922d493839b
6	1795782225896509	sign_in	\N	\N	01a21cf6-2ae2-7a7a-8e5a-4f09579cf39b	01a21cf6-2fe8-7a60-a9ae-83bc3e88898f	127.0.0.1	Python-urllib/3.11	ah9pc1r22nd9c	1	6	\\x302ecabd1509ccff80bb5d9de1e6e432fd73e4d8c00864ce23c74d44eb00f81f	\\x472ce678fdcb26614e93ac06fc9d30339e42e62b55051473d574f67091ffc029	\\xbf04ec3c557ea284564d36b85f7ef424
7	1795782226041974	sign_in	\N	\N	01a21cf6-2bb7-7ab5-82ef-7253305ff318	01a21cf6-3079-79e2-a58e-6da07b9bb5b7	127.0.0.1	Python-urllib/3.11	fofn75js2031t	1	7	\\x617f9cc845dc7a490b3aa270dc2c421b88d1764301f5b84552539614619e8614	\\x5a936b3cb3a181a48e390c88523bc854f354343694df51ba81d1f2beedbb058a	\\x4c8036f9fca653d1a13eb1cd52a5ea83
8	1795782226105443	email_verification_requested	\N	01a21cf6-2bb7-7ab5-82ef-7253305ff318	01a21cf6-2bb7-7ab5-82ef-7253305ff318	\N	127.0.0.1	Python-urllib/3.11	fb8ujorpcl5fa	1	8	\\x4ebd0921ddb6de49eedf0223f175aa3d10e1c48361ada2e66d52c1f665df7413	\\x679c174a23f7df105cc70b661cc1fa54406e8623fa243ec665713931d7d37d6b	\\x51cb89294d5f0464e6e64c1da932150c
9	1795782226117630	password_reset_requested	\N	\N	01a21cf6-2ae2-7a7a-8e5a-4f09579cf39b	\N	127.0.0.1	Python-urllib/3.11	7d3h1n17kc3cl	1	9	\\x24140ff5e656c0135159de30404fd0dba2cd3c92762bd3befb191d132798dd80	\\x8cf90dcb3da531ca8b3cbc3379e54aac5d14fe0b77adc980928cc0894ad9d9c7	\\x6af2f79bdba2d61e4aee1a7d3684c946
\.


--
-- Data for Name: audit_head; Type: TABLE DATA; Schema: authd; Owner: -
--

COPY authd.audit_head (id, segment, sequence, digest) FROM stdin;
1	1	9	\\x24140ff5e656c0135159de30404fd0dba2cd3c92762bd3befb191d132798dd80
\.


--
-- Data for Name: audit_segments; Type: TABLE DATA; Schema: authd; Owner: -
--

COPY authd.audit_segments (number, reason, opened_at_us, author, found_segment, found_sequence, found_digest, expected_segment, expected_sequence, expected_digest, digest, sealed_key) FROM stdin;
1	first_start	1795782224602221	authd	0	0	\\x0000000000000000000000000000000000000000000000000000000000000000	\N	\N	\N	\\xc4e151d9756491a1be1566a493625e92db4945802ef1173bc1c4a6d7324e03b5	\\x016d5bcf0df790f550b05d92af6c4d05503b26aa94475d5c687f68fdd1df731fd780663a0c633a3d032ab0ad9db84d83be32b8db606f5889ab834a9378412f9bee2e2eb4b5108c8d6c6855349ff6848df2
\.


--
-- Data for Name: change_feed; Type: TABLE DATA; Schema: authd; Owner: -
--

COPY authd.change_feed (cursor, at_us, kind, user_id, session_id, epoch) FROM stdin;
1	1795782224604436	keys_changed	\N	\N	\N
2	1795782225385081	epoch_raised	01a21cf6-2cde-7398-bd9f-a7638637f36b	\N	1795782225385081
3	1795782225385081	user_changed	01a21cf6-2cde-7398-bd9f-a7638637f36b	\N	\N
\.


--
-- Data for Name: feed_head; Type: TABLE DATA; Schema: authd; Owner: -
--

COPY authd.feed_head (one, cursor) FROM stdin;
t	3
\.


--
-- Data for Name: identifiers; Type: TABLE DATA; Schema: authd; Owner: -
--

COPY authd.identifiers (kind, canonical, user_id, verified_at_us) FROM stdin;
username	ada	01a21cf6-2ae2-7a7a-8e5a-4f09579cf39b	\N
email	ada@example.test	01a21cf6-2ae2-7a7a-8e5a-4f09579cf39b	1795782224610754
username	grace	01a21cf6-2bb7-7ab5-82ef-7253305ff318	\N
email	grace@example.test	01a21cf6-2bb7-7ab5-82ef-7253305ff318	\N
username	edsger	01a21cf6-2cde-7398-bd9f-a7638637f36b	\N
email	edsger@example.test	01a21cf6-2cde-7398-bd9f-a7638637f36b	\N
\.


--
-- Data for Name: one_time_tokens; Type: TABLE DATA; Schema: authd; Owner: -
--

COPY authd.one_time_tokens (user_id, digest, purpose, address, created_at_us, expires_at_us) FROM stdin;
01a21cf6-2bb7-7ab5-82ef-7253305ff318	\\x0f9eafe370a42c88120bfc30b03b8e018fa1425ebbb90d64a28cce4e77bf0d3f	email_verification	grace@example.test	1795782226105443	1795868626105443
01a21cf6-2ae2-7a7a-8e5a-4f09579cf39b	\\x821d626c4fcf5d8cdb10e8951fb89d6c1e8b996e636df00f6c6283e47f09044c	password_reset	ada@example.test	1795782226117630	1795785826117630
\.


--
-- Data for Name: passwords; Type: TABLE DATA; Schema: authd; Owner: -
--

COPY authd.passwords (user_id, hash, cost, sample_key) FROM stdin;
01a21cf6-2ae2-7a7a-8e5a-4f09579cf39b	$argon2id$v=19$m=19456,t=2,p=1$goNNIHniuj/4XEUUH1IhAQ$Cqkt4mISEM4hcYVJW+AezUKQ9dMtci0YeB8QI+pJKBc	argon2id m=19456 t=2 p=1	1034225965978153883
01a21cf6-2bb7-7ab5-82ef-7253305ff318	$argon2id$v=19$m=19456,t=2,p=1$v4L2pWA0cN3NcBKf4k5KkQ$PwY7TTMqxJkQGvZc0WVl/XInjTeWyoRTewTy1UfbPRM	argon2id m=19456 t=2 p=1	211513409129149208
01a21cf6-2cde-7398-bd9f-a7638637f36b	$argon2id$v=19$m=19456,t=2,p=1$TWBVnyvqPAGWU+j1iXgkEA$2ju4GRGKg9cXCfZ9Mk7NDwAgaNS7GO2LMNiZS4bJRCw	argon2id m=19456 t=2 p=1	4440451803506013035
\.


--
-- Data for Name: schema_migrations; Type: TABLE DATA; Schema: authd; Owner: -
--

COPY authd.schema_migrations (version, name, checksum, applied_at_us) FROM stdin;
1	users	21f5977119fd5ff3	1795782224395589
2	sessions	756df36e818a0c10	1795782224395589
3	one_time_tokens	67d1e6e3a729aaa6	1795782224395589
4	keys	3e362001e301555c	1795782224395589
5	change_feed	d51ced6f26cfa16b	1795782224395589
6	audit	fb9e2532e94987bd	1795782224395589
7	sign_in_limits	f06eaed002f9beeb	1795782224395589
8	source_limits	ee393417fcd769d1	1795782224395589
9	sign_in_places	df372ecb9eff431f	1795782224395589
\.


--
-- Data for Name: sessions; Type: TABLE DATA; Schema: authd; Owner: -
--

COPY authd.sessions (user_id, id, scope, authenticated_at_us, methods, assurance_level, client_id, profile, organization_id, source, user_agent, created_at_us, not_after_us, idle_timeout_us, counter, rotated_at_us, late_replays, rotations_since_replay, idle_until_us, ended_at_us, end_reason, over_on_day) FROM stdin;
01a21cf6-2ae2-7a7a-8e5a-4f09579cf39b	01a21cf6-2fe8-7a60-a9ae-83bc3e88898f	*	1795782225896509	[["pwd",1795782225896509]]	1	\N	authd	\N	127.0.0.1	Python-urllib/3.11	1795782225896509	1803558225896509	604800000000	0	1795782225896509	0	0	1796387025896509	\N	\N	20791
01a21cf6-2bb7-7ab5-82ef-7253305ff318	01a21cf6-3079-79e2-a58e-6da07b9bb5b7	*	1795782226041974	[["pwd",1795782226041974]]	1	\N	authd	\N	127.0.0.1	Python-urllib/3.11	1795782226041974	1803558226041974	604800000000	0	1795782226041974	0	0	1796387026041974	\N	\N	20791
\.


--
-- Data for Name: settings; Type: TABLE DATA; Schema: authd; Owner: -
--

COPY authd.settings (name, value) FROM stdin;
root_key_check	\\x38653730366663373531363662616330363564376464323936663334626638616465666532326631633639633433386561666531326436366131313735383534
\.


--
-- Data for Name: sign_in_budgets; Type: TABLE DATA; Schema: authd; Owner: -
--

COPY authd.sign_in_budgets (key, failures, full_at_us, blocked_until_us) FROM stdin;
\.


--
-- Data for Name: sign_in_places; Type: TABLE DATA; Schema: authd; Owner: -
--

COPY authd.sign_in_places (user_id, digest, seen_at_us, noticed_at_us) FROM stdin;
01a21cf6-2ae2-7a7a-8e5a-4f09579cf39b	\\x792840e1c0fcac2e4ee9cf4e67ed9391858ec8e93446d5037a67bed895803f79	1795782225896509	\N
01a21cf6-2bb7-7ab5-82ef-7253305ff318	\\x792840e1c0fcac2e4ee9cf4e67ed9391858ec8e93446d5037a67bed895803f79	1795782226041974	\N
\.


--
-- Data for Name: signing_keys; Type: TABLE DATA; Schema: authd; Owner: -
--

COPY authd.signing_keys (id, algorithm, state, sealed_private_key, public_jwk, created_at_us, state_changed_at_us) FROM stdin;
wYCDsQBR-ygcz6_nYCxfH4Mko-F61NkTGdbN28Rr3gc	ES256	active	\\x016d5bcf0df790f550b6ba82ad7f7d53decd3b7d912992679760f40b15dca3651f3795867fee715d98cc4ef3e34d0b845921b8f3d5a7e0b0ec954c158d90094b2827978b43bf937cfede9fa0df06bf780bd3b16d661310fe4d783ac77e493fad87f77b10c0d56eca96d09a4662c5fe95ffc8178068578343d755845700eab4feb3eb510546661f1a94890a02e299fd3bb6a9733b701e45ac692bd6eb022962b804492699c902700473b8286d45feee5af1787407853c269debc2ef97e6751c1336b669aa76740035699f4443bab9a803ffb1703a7188ad65fa299aabb510806451a941c12de49b55a69f21982491101de413b3eb1e8f6dc7709976cebd6a070ef7801732ce2be1c03ac7f5219235007f17847c37794da5d0250e6aee4eb874d4029e06d850651aa8c9bff36e76bac1	{"kid":"wYCDsQBR-ygcz6_nYCxfH4Mko-F61NkTGdbN28Rr3gc","use":"sig","alg":"ES256","crv":"P-256","kty":"EC","x":"2VxL06apjAePJ7JLZghEYpdkd0SLAc42e7BlIuK5bYQ","y":"PnoMNZUSMDQrDuK39iR6Pefoxezr4pVMKbRE2HbvLtQ"}	1795782224604436	1795782224604436
\.


--
-- Data for Name: source_limits; Type: TABLE DATA; Schema: authd; Owner: -
--

COPY authd.source_limits (key, full_at_us) FROM stdin;
\\xcacfc60ab314d223ae2795f573df7605f1fca6b9b64519bd2826eb42b0bb0e53	1795782237895413
\\x86a19a3d5524046ba5181f1f9adbe4dda68d5ebf88c3707698d73153ec56ac98	1795782466103272
\.


--
-- Data for Name: user_counts; Type: TABLE DATA; Schema: authd; Owner: -
--

COPY authd.user_counts (shard, count) FROM stdin;
0	0
1	0
2	0
3	0
4	0
5	0
6	0
7	0
9	0
10	0
12	0
13	0
14	0
15	0
8	1
11	2
\.


--
-- Data for Name: users; Type: TABLE DATA; Schema: authd; Owner: -
--

COPY authd.users (id, username, username_key, email, email_key, email_verified_at_us, full_name, search_key, role, is_active, banned_until_us, is_anonymous, must_change_password, epoch, app_metadata, user_metadata, created_at_us, updated_at_us, last_login_at_us, last_login_key) FROM stdin;
01a21cf6-2cde-7398-bd9f-a7638637f36b	edsger	edsger	edsger@example.test	edsger@example.test	\N	Edsger Example	edsger\nedsger@example.test\nedsger example	user	f	\N	f	f	1795782225385081	{}	{}	1795782225118196	1795782225385081	\N	-9223372036854775808
01a21cf6-2ae2-7a7a-8e5a-4f09579cf39b	ada	ada	ada@example.test	ada@example.test	1795782224610754	\N	ada\nada@example.test	admin	t	\N	f	f	0	{}	{}	1795782224610754	1795782224610754	1795782225896509	1795782225896509
01a21cf6-2bb7-7ab5-82ef-7253305ff318	grace	grace	grace@example.test	grace@example.test	\N	\N	grace\ngrace@example.test	user	t	\N	f	f	0	{}	{}	1795782224823383	1795782224823383	1795782226041974	1795782226041974
\.


--
-- Name: audit_events_cursor_seq; Type: SEQUENCE SET; Schema: authd; Owner: -
--

SELECT pg_catalog.setval('authd.audit_events_cursor_seq', 9, true);


--
-- Name: audit_cuts audit_cuts_pkey; Type: CONSTRAINT; Schema: authd; Owner: -
--

ALTER TABLE ONLY authd.audit_cuts
    ADD CONSTRAINT audit_cuts_pkey PRIMARY KEY (sequence);


--
-- Name: audit_events audit_events_pkey; Type: CONSTRAINT; Schema: authd; Owner: -
--

ALTER TABLE ONLY authd.audit_events
    ADD CONSTRAINT audit_events_pkey PRIMARY KEY (cursor);


--
-- Name: audit_head audit_head_pkey; Type: CONSTRAINT; Schema: authd; Owner: -
--

ALTER TABLE ONLY authd.audit_head
    ADD CONSTRAINT audit_head_pkey PRIMARY KEY (id);


--
-- Name: audit_segments audit_segments_pkey; Type: CONSTRAINT; Schema: authd; Owner: -
--

ALTER TABLE ONLY authd.audit_segments
    ADD CONSTRAINT audit_segments_pkey PRIMARY KEY (number);


--
-- Name: change_feed change_feed_pkey; Type: CONSTRAINT; Schema: authd; Owner: -
--

ALTER TABLE ONLY authd.change_feed
    ADD CONSTRAINT change_feed_pkey PRIMARY KEY (cursor);


--
-- Name: feed_head feed_head_pkey; Type: CONSTRAINT; Schema: authd; Owner: -
--

ALTER TABLE ONLY authd.feed_head
    ADD CONSTRAINT feed_head_pkey PRIMARY KEY (one);


--
-- Name: identifiers identifiers_pkey; Type: CONSTRAINT; Schema: authd; Owner: -
--

ALTER TABLE ONLY authd.identifiers
    ADD CONSTRAINT identifiers_pkey PRIMARY KEY (kind, canonical);


--
-- Name: one_time_tokens one_time_tokens_pkey; Type: CONSTRAINT; Schema: authd; Owner: -
--

ALTER TABLE ONLY authd.one_time_tokens
    ADD CONSTRAINT one_time_tokens_pkey PRIMARY KEY (user_id, digest);


--
-- Name: passwords passwords_pkey; Type: CONSTRAINT; Schema: authd; Owner: -
--

ALTER TABLE ONLY authd.passwords
    ADD CONSTRAINT passwords_pkey PRIMARY KEY (user_id);


--
-- Name: schema_migrations schema_migrations_pkey; Type: CONSTRAINT; Schema: authd; Owner: -
--

ALTER TABLE ONLY authd.schema_migrations
    ADD CONSTRAINT schema_migrations_pkey PRIMARY KEY (version);


--
-- Name: sessions sessions_pkey; Type: CONSTRAINT; Schema: authd; Owner: -
--

ALTER TABLE ONLY authd.sessions
    ADD CONSTRAINT sessions_pkey PRIMARY KEY (user_id, id);


--
-- Name: settings settings_pkey; Type: CONSTRAINT; Schema: authd; Owner: -
--

ALTER TABLE ONLY authd.settings
    ADD CONSTRAINT settings_pkey PRIMARY KEY (name);


--
-- Name: sign_in_budgets sign_in_budgets_pkey; Type: CONSTRAINT; Schema: authd; Owner: -
--

ALTER TABLE ONLY authd.sign_in_budgets
    ADD CONSTRAINT sign_in_budgets_pkey PRIMARY KEY (key);


--
-- Name: sign_in_places sign_in_places_pkey; Type: CONSTRAINT; Schema: authd; Owner: -
--

ALTER TABLE ONLY authd.sign_in_places
    ADD CONSTRAINT sign_in_places_pkey PRIMARY KEY (user_id, digest);


--
-- Name: signing_keys signing_keys_pkey; Type: CONSTRAINT; Schema: authd; Owner: -
--

ALTER TABLE ONLY authd.signing_keys
    ADD CONSTRAINT signing_keys_pkey PRIMARY KEY (id);


--
-- Name: source_limits source_limits_pkey; Type: CONSTRAINT; Schema: authd; Owner: -
--

ALTER TABLE ONLY authd.source_limits
    ADD CONSTRAINT source_limits_pkey PRIMARY KEY (key);


--
-- Name: user_counts user_counts_pkey; Type: CONSTRAINT; Schema: authd; Owner: -
--

ALTER TABLE ONLY authd.user_counts
    ADD CONSTRAINT user_counts_pkey PRIMARY KEY (shard);


--
-- Name: users users_pkey; Type: CONSTRAINT; Schema: authd; Owner: -
--

ALTER TABLE ONLY authd.users
    ADD CONSTRAINT users_pkey PRIMARY KEY (id);


--
-- Name: audit_events_by_actor; Type: INDEX; Schema: authd; Owner: -
--

CREATE INDEX audit_events_by_actor ON authd.audit_events USING btree (actor, cursor) WHERE (actor IS NOT NULL);


--
-- Name: audit_events_by_sequence; Type: INDEX; Schema: authd; Owner: -
--

CREATE UNIQUE INDEX audit_events_by_sequence ON authd.audit_events USING btree (sequence) WHERE (sequence IS NOT NULL);


--
-- Name: audit_events_by_target; Type: INDEX; Schema: authd; Owner: -
--

CREATE INDEX audit_events_by_target ON authd.audit_events USING btree (target, cursor) WHERE (target IS NOT NULL);


--
-- Name: audit_events_unsealed; Type: INDEX; Schema: authd; Owner: -
--

CREATE INDEX audit_events_unsealed ON authd.audit_events USING btree (cursor) WHERE (sequence IS NULL);


--
-- Name: change_feed_by_time; Type: INDEX; Schema: authd; Owner: -
--

CREATE INDEX change_feed_by_time ON authd.change_feed USING btree (at_us);


--
-- Name: one_time_tokens_by_expiry; Type: INDEX; Schema: authd; Owner: -
--

CREATE INDEX one_time_tokens_by_expiry ON authd.one_time_tokens USING btree (expires_at_us);


--
-- Name: passwords_by_sample; Type: INDEX; Schema: authd; Owner: -
--

CREATE INDEX passwords_by_sample ON authd.passwords USING btree (sample_key, cost);


--
-- Name: sessions_by_day; Type: INDEX; Schema: authd; Owner: -
--

CREATE INDEX sessions_by_day ON authd.sessions USING btree (over_on_day);


--
-- Name: sign_in_budgets_by_end; Type: INDEX; Schema: authd; Owner: -
--

CREATE INDEX sign_in_budgets_by_end ON authd.sign_in_budgets USING btree (full_at_us);


--
-- Name: sign_in_places_by_age; Type: INDEX; Schema: authd; Owner: -
--

CREATE INDEX sign_in_places_by_age ON authd.sign_in_places USING btree (seen_at_us);


--
-- Name: source_limits_by_end; Type: INDEX; Schema: authd; Owner: -
--

CREATE INDEX source_limits_by_end ON authd.source_limits USING btree (full_at_us);


--
-- Name: users_by_created_at; Type: INDEX; Schema: authd; Owner: -
--

CREATE INDEX users_by_created_at ON authd.users USING btree (created_at_us, id);


--
-- Name: users_by_email; Type: INDEX; Schema: authd; Owner: -
--

CREATE INDEX users_by_email ON authd.users USING btree (email_key, id);


--
-- Name: users_by_last_login; Type: INDEX; Schema: authd; Owner: -
--

CREATE INDEX users_by_last_login ON authd.users USING btree (last_login_key, id);


--
-- Name: users_by_role; Type: INDEX; Schema: authd; Owner: -
--

CREATE INDEX users_by_role ON authd.users USING btree (role, created_at_us, id);


--
-- Name: users_by_updated_at; Type: INDEX; Schema: authd; Owner: -
--

CREATE INDEX users_by_updated_at ON authd.users USING btree (updated_at_us, id);


--
-- Name: users_by_username; Type: INDEX; Schema: authd; Owner: -
--

CREATE INDEX users_by_username ON authd.users USING btree (username_key, id);


--
-- Name: change_feed announce_change; Type: TRIGGER; Schema: authd; Owner: -
--

CREATE TRIGGER announce_change AFTER INSERT ON authd.change_feed FOR EACH STATEMENT EXECUTE FUNCTION authd.announce_change();


--
-- Name: one_time_tokens one_time_tokens_user_id_fkey; Type: FK CONSTRAINT; Schema: authd; Owner: -
--

ALTER TABLE ONLY authd.one_time_tokens
    ADD CONSTRAINT one_time_tokens_user_id_fkey FOREIGN KEY (user_id) REFERENCES authd.users(id) ON DELETE CASCADE;


--
-- Name: passwords passwords_user_id_fkey; Type: FK CONSTRAINT; Schema: authd; Owner: -
--

ALTER TABLE ONLY authd.passwords
    ADD CONSTRAINT passwords_user_id_fkey FOREIGN KEY (user_id) REFERENCES authd.users(id) ON DELETE CASCADE;


--
-- Name: sessions sessions_user_id_fkey; Type: FK CONSTRAINT; Schema: authd; Owner: -
--

ALTER TABLE ONLY authd.sessions
    ADD CONSTRAINT sessions_user_id_fkey FOREIGN KEY (user_id) REFERENCES authd.users(id) ON DELETE CASCADE;


--
-- Name: sign_in_places sign_in_places_user_id_fkey; Type: FK CONSTRAINT; Schema: authd; Owner: -
--

ALTER TABLE ONLY authd.sign_in_places
    ADD CONSTRAINT sign_in_places_user_id_fkey FOREIGN KEY (user_id) REFERENCES authd.users(id) ON DELETE CASCADE;


--
-- Name: audit_cuts; Type: ROW SECURITY; Schema: authd; Owner: -
--

ALTER TABLE authd.audit_cuts ENABLE ROW LEVEL SECURITY;

--
-- Name: audit_events; Type: ROW SECURITY; Schema: authd; Owner: -
--

ALTER TABLE authd.audit_events ENABLE ROW LEVEL SECURITY;

--
-- Name: audit_head; Type: ROW SECURITY; Schema: authd; Owner: -
--

ALTER TABLE authd.audit_head ENABLE ROW LEVEL SECURITY;

--
-- Name: audit_segments; Type: ROW SECURITY; Schema: authd; Owner: -
--

ALTER TABLE authd.audit_segments ENABLE ROW LEVEL SECURITY;

--
-- Name: change_feed; Type: ROW SECURITY; Schema: authd; Owner: -
--

ALTER TABLE authd.change_feed ENABLE ROW LEVEL SECURITY;

--
-- Name: feed_head; Type: ROW SECURITY; Schema: authd; Owner: -
--

ALTER TABLE authd.feed_head ENABLE ROW LEVEL SECURITY;

--
-- Name: identifiers; Type: ROW SECURITY; Schema: authd; Owner: -
--

ALTER TABLE authd.identifiers ENABLE ROW LEVEL SECURITY;

--
-- Name: one_time_tokens; Type: ROW SECURITY; Schema: authd; Owner: -
--

ALTER TABLE authd.one_time_tokens ENABLE ROW LEVEL SECURITY;

--
-- Name: audit_cuts owner; Type: POLICY; Schema: authd; Owner: -
--

CREATE POLICY owner ON authd.audit_cuts TO authd USING (true) WITH CHECK (true);


--
-- Name: audit_events owner; Type: POLICY; Schema: authd; Owner: -
--

CREATE POLICY owner ON authd.audit_events TO authd USING (true) WITH CHECK (true);


--
-- Name: audit_head owner; Type: POLICY; Schema: authd; Owner: -
--

CREATE POLICY owner ON authd.audit_head TO authd USING (true) WITH CHECK (true);


--
-- Name: audit_segments owner; Type: POLICY; Schema: authd; Owner: -
--

CREATE POLICY owner ON authd.audit_segments TO authd USING (true) WITH CHECK (true);


--
-- Name: change_feed owner; Type: POLICY; Schema: authd; Owner: -
--

CREATE POLICY owner ON authd.change_feed TO authd USING (true) WITH CHECK (true);


--
-- Name: feed_head owner; Type: POLICY; Schema: authd; Owner: -
--

CREATE POLICY owner ON authd.feed_head TO authd USING (true) WITH CHECK (true);


--
-- Name: identifiers owner; Type: POLICY; Schema: authd; Owner: -
--

CREATE POLICY owner ON authd.identifiers TO authd USING (true) WITH CHECK (true);


--
-- Name: one_time_tokens owner; Type: POLICY; Schema: authd; Owner: -
--

CREATE POLICY owner ON authd.one_time_tokens TO authd USING (true) WITH CHECK (true);


--
-- Name: passwords owner; Type: POLICY; Schema: authd; Owner: -
--

CREATE POLICY owner ON authd.passwords TO authd USING (true) WITH CHECK (true);


--
-- Name: schema_migrations owner; Type: POLICY; Schema: authd; Owner: -
--

CREATE POLICY owner ON authd.schema_migrations TO authd USING (true) WITH CHECK (true);


--
-- Name: sessions owner; Type: POLICY; Schema: authd; Owner: -
--

CREATE POLICY owner ON authd.sessions TO authd USING (true) WITH CHECK (true);


--
-- Name: settings owner; Type: POLICY; Schema: authd; Owner: -
--

CREATE POLICY owner ON authd.settings TO authd USING (true) WITH CHECK (true);


--
-- Name: sign_in_budgets owner; Type: POLICY; Schema: authd; Owner: -
--

CREATE POLICY owner ON authd.sign_in_budgets TO authd USING (true) WITH CHECK (true);


--
-- Name: sign_in_places owner; Type: POLICY; Schema: authd; Owner: -
--

CREATE POLICY owner ON authd.sign_in_places TO authd USING (true) WITH CHECK (true);


--
-- Name: signing_keys owner; Type: POLICY; Schema: authd; Owner: -
--

CREATE POLICY owner ON authd.signing_keys TO authd USING (true) WITH CHECK (true);


--
-- Name: source_limits owner; Type: POLICY; Schema: authd; Owner: -
--

CREATE POLICY owner ON authd.source_limits TO authd USING (true) WITH CHECK (true);


--
-- Name: user_counts owner; Type: POLICY; Schema: authd; Owner: -
--

CREATE POLICY owner ON authd.user_counts TO authd USING (true) WITH CHECK (true);


--
-- Name: users owner; Type: POLICY; Schema: authd; Owner: -
--

CREATE POLICY owner ON authd.users TO authd USING (true) WITH CHECK (true);


--
-- Name: passwords; Type: ROW SECURITY; Schema: authd; Owner: -
--

ALTER TABLE authd.passwords ENABLE ROW LEVEL SECURITY;

--
-- Name: schema_migrations; Type: ROW SECURITY; Schema: authd; Owner: -
--

ALTER TABLE authd.schema_migrations ENABLE ROW LEVEL SECURITY;

--
-- Name: sessions; Type: ROW SECURITY; Schema: authd; Owner: -
--

ALTER TABLE authd.sessions ENABLE ROW LEVEL SECURITY;

--
-- Name: settings; Type: ROW SECURITY; Schema: authd; Owner: -
--

ALTER TABLE authd.settings ENABLE ROW LEVEL SECURITY;

--
-- Name: sign_in_budgets; Type: ROW SECURITY; Schema: authd; Owner: -
--

ALTER TABLE authd.sign_in_budgets ENABLE ROW LEVEL SECURITY;

--
-- Name: sign_in_places; Type: ROW SECURITY; Schema: authd; Owner: -
--

ALTER TABLE authd.sign_in_places ENABLE ROW LEVEL SECURITY;

--
-- Name: signing_keys; Type: ROW SECURITY; Schema: authd; Owner: -
--

ALTER TABLE authd.signing_keys ENABLE ROW LEVEL SECURITY;

--
-- Name: source_limits; Type: ROW SECURITY; Schema: authd; Owner: -
--

ALTER TABLE authd.source_limits ENABLE ROW LEVEL SECURITY;

--
-- Name: user_counts; Type: ROW SECURITY; Schema: authd; Owner: -
--

ALTER TABLE authd.user_counts ENABLE ROW LEVEL SECURITY;

--
-- Name: users; Type: ROW SECURITY; Schema: authd; Owner: -
--

ALTER TABLE authd.users ENABLE ROW LEVEL SECURITY;

--
-- Name: FUNCTION announce_change(); Type: ACL; Schema: authd; Owner: -
--

REVOKE ALL ON FUNCTION authd.announce_change() FROM PUBLIC;


--
-- Name: FUNCTION protect_tables(); Type: ACL; Schema: authd; Owner: -
--

REVOKE ALL ON FUNCTION authd.protect_tables() FROM PUBLIC;


--
-- PostgreSQL database dump complete
--


