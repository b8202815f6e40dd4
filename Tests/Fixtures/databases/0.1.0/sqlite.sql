PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE schema_migrations (
    version INTEGER PRIMARY KEY, name TEXT NOT NULL, checksum TEXT NOT NULL, applied_at_us INTEGER NOT NULL
) STRICT;
INSERT INTO schema_migrations VALUES(1,'users','b142250e92071944',1795782219959351);
INSERT INTO schema_migrations VALUES(2,'sessions','2f40b77c103c3820',1795782219959351);
INSERT INTO schema_migrations VALUES(3,'one_time_tokens','86938bc456fe8f31',1795782219959351);
INSERT INTO schema_migrations VALUES(4,'keys','49a82e09430e3bd6',1795782219959351);
INSERT INTO schema_migrations VALUES(5,'change_feed','9d4375108a92a089',1795782219959351);
INSERT INTO schema_migrations VALUES(6,'audit','ec608f110c611409',1795782219959351);
INSERT INTO schema_migrations VALUES(7,'sign_in_limits','921e69211d71563a',1795782219959351);
INSERT INTO schema_migrations VALUES(8,'source_limits','dbf48251360c2568',1795782219959351);
INSERT INTO schema_migrations VALUES(9,'sign_in_places','b1758b39b6bd604e',1795782219959351);
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
INSERT INTO users VALUES(X'01a21cf619567a58bc616bc31d736484','ada','ada','ada@example.test','ada@example.test',1795782220118665,NULL,replace('ada\nada@example.test','\n',char(10)),'admin',1,NULL,0,0,0,'{}','{}',1795782220118665,1795782220118665,1795782221350115,1795782221350115);
INSERT INTO users VALUES(X'01a21cf61aac72c4aeb0b6153a1d65d2','grace','grace','grace@example.test','grace@example.test',NULL,NULL,replace('grace\ngrace@example.test','\n',char(10)),'user',1,NULL,0,0,0,'{}','{}',1795782220460588,1795782220460588,1795782221443013,1795782221443013);
INSERT INTO users VALUES(X'01a21cf61bc97a05813a8a799ef16515','edsger','edsger','edsger@example.test','edsger@example.test',NULL,'Edsger Example',replace('edsger\nedsger@example.test\nedsger example','\n',char(10)),'user',0,NULL,0,0,1795782220948953,'{}','{}',1795782220745951,1795782220948953,NULL,-9223372036854775808);
CREATE TABLE identifiers (
    kind TEXT NOT NULL CHECK (kind IN ('username', 'email')),
    canonical TEXT NOT NULL CHECK (canonical <> ''),
    user_id BLOB NOT NULL CHECK (length(user_id) = 16),
    verified_at_us INTEGER,
    PRIMARY KEY (kind, canonical)
) STRICT, WITHOUT ROWID;
INSERT INTO identifiers VALUES('email','ada@example.test',X'01a21cf619567a58bc616bc31d736484',1795782220118665);
INSERT INTO identifiers VALUES('email','edsger@example.test',X'01a21cf61bc97a05813a8a799ef16515',NULL);
INSERT INTO identifiers VALUES('email','grace@example.test',X'01a21cf61aac72c4aeb0b6153a1d65d2',NULL);
INSERT INTO identifiers VALUES('username','ada',X'01a21cf619567a58bc616bc31d736484',NULL);
INSERT INTO identifiers VALUES('username','edsger',X'01a21cf61bc97a05813a8a799ef16515',NULL);
INSERT INTO identifiers VALUES('username','grace',X'01a21cf61aac72c4aeb0b6153a1d65d2',NULL);
CREATE TABLE passwords (
    user_id BLOB PRIMARY KEY NOT NULL CHECK (length(user_id) = 16) REFERENCES users (id) ON DELETE CASCADE,
    hash TEXT NOT NULL,
    cost TEXT NOT NULL,
    sample_key INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO passwords VALUES(X'01a21cf619567a58bc616bc31d736484','$argon2id$v=19$m=19456,t=2,p=1$w+kKbk5I22LgT5E7gYEEsQ$sYadrKsDoEAUwr76mvS9VXufJF8tC17T975qUH0S+nE','argon2id m=19456 t=2 p=1',4350877200773506180);
INSERT INTO passwords VALUES(X'01a21cf61aac72c4aeb0b6153a1d65d2','$argon2id$v=19$m=19456,t=2,p=1$ZK1ikmgRxA5YcS+6iVNdtA$oO2pH+9lenzB3ua9gwxmmkGzIE/i5ZfUbClT5EObKZU','argon2id m=19456 t=2 p=1',3364389123931334098);
INSERT INTO passwords VALUES(X'01a21cf61bc97a05813a8a799ef16515','$argon2id$v=19$m=19456,t=2,p=1$e/71qpMVrwjcEsEL8hEjVw$5VrFxQW4k+QsuKwCGiyaR0aLvGQeWh1jct0Qj3bRpjg','argon2id m=19456 t=2 p=1',88535397649442069);
CREATE TABLE user_counts (
    shard INTEGER PRIMARY KEY,
    count INTEGER NOT NULL
) STRICT;
INSERT INTO user_counts VALUES(0,0);
INSERT INTO user_counts VALUES(1,0);
INSERT INTO user_counts VALUES(2,1);
INSERT INTO user_counts VALUES(3,0);
INSERT INTO user_counts VALUES(4,1);
INSERT INTO user_counts VALUES(5,1);
INSERT INTO user_counts VALUES(6,0);
INSERT INTO user_counts VALUES(7,0);
INSERT INTO user_counts VALUES(8,0);
INSERT INTO user_counts VALUES(9,0);
INSERT INTO user_counts VALUES(10,0);
INSERT INTO user_counts VALUES(11,0);
INSERT INTO user_counts VALUES(12,0);
INSERT INTO user_counts VALUES(13,0);
INSERT INTO user_counts VALUES(14,0);
INSERT INTO user_counts VALUES(15,0);
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
INSERT INTO sessions VALUES(X'01a21cf619567a58bc616bc31d736484',X'01a21cf61e2672759a756f180bd45064','*',1795782221350115,'[["pwd",1795782221350115]]',1,NULL,'authd',NULL,'127.0.0.1','Python-urllib/3.11',1795782221350115,1803558221350115,604800000000,0,1795782221350115,0,0,1796387021350115,NULL,NULL,20791);
INSERT INTO sessions VALUES(X'01a21cf61aac72c4aeb0b6153a1d65d2',X'01a21cf61e837c1d80e41a4995ee7c0f','*',1795782221443013,'[["pwd",1795782221443013]]',1,NULL,'authd',NULL,'127.0.0.1','Python-urllib/3.11',1795782221443013,1803558221443013,604800000000,0,1795782221443013,0,0,1796387021443013,NULL,NULL,20791);
CREATE TABLE one_time_tokens (
    user_id BLOB NOT NULL CHECK (length(user_id) = 16) REFERENCES users (id) ON DELETE CASCADE,
    digest BLOB NOT NULL,
    purpose TEXT NOT NULL,
    address TEXT NOT NULL,
    created_at_us INTEGER NOT NULL,
    expires_at_us INTEGER NOT NULL,
    PRIMARY KEY (user_id, digest)
) STRICT, WITHOUT ROWID;
INSERT INTO one_time_tokens VALUES(X'01a21cf619567a58bc616bc31d736484',X'e8ea0a829263fb2424e719c303d270af22e3540494e46a3a477f948f659634eb','password_reset','ada@example.test',1795782221517894,1795785821517894);
INSERT INTO one_time_tokens VALUES(X'01a21cf61aac72c4aeb0b6153a1d65d2',X'9b8ef33e507d4d3090d1bbcd5943500bcbef69222e6850ec6b2995571403d1cf','email_verification','grace@example.test',1795782221513122,1795868621513122);
CREATE TABLE signing_keys (
    id TEXT PRIMARY KEY NOT NULL,
    algorithm TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('pending', 'active', 'retiring', 'retired')),
    sealed_private_key BLOB NOT NULL,
    public_jwk TEXT NOT NULL,
    created_at_us INTEGER NOT NULL,
    state_changed_at_us INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO signing_keys VALUES('dnNDXFaZ3X3VwYXnrkiLbNPSrXO0T8UvWkZn9xV-_hQ','ES256','active',X'01b04946f037ce77d66341837abc0493eaa32c0de7d7b796de088335c41eaf52d680d5665099f6e8341865f07a9acf0c96965a91f36c17071d2067d930be406a88577e89d7192459be05acb96f81fcd98d1fe318156334747be2ff7ee8099063c5c8905f067ed0e132fc8823d3fb45870e14c5d264ab35f2efa3a6b256d2c60b5fe3a0d16b7d3bb562aac6474cca371ead82f287d9eb04730a001a0c87089a184505606740642cc8f27b5b9752c0f1a8896a8fc847ca7340b46a542bee0642b4537574afdcec6a13527d31abfb6d1bad1c3a5283cbac8950f86faf1248f402c440136c1972eb2cb2dac5ea8ed9f986fa1518f2e29c9c2c0be151b5e4b55fc0cb5e253bb48035bd5213dfd28496d369d432780a9c567412129430811e79a974d9174f46c5cc59b3881f2eb7cdf873f3','{"kid":"dnNDXFaZ3X3VwYXnrkiLbNPSrXO0T8UvWkZn9xV-_hQ","use":"sig","alg":"ES256","crv":"P-256","kty":"EC","x":"gC8WdNptSA8fzXpeSKWGsgUmRS2KHdiL4u-CichItr0","y":"q4t9SEpvfOP-D_F6bCaRupJiocV4u6N5hBo9PvXA2eA"}',1795782220105554,1795782220105554);
CREATE TABLE settings (
    name TEXT PRIMARY KEY NOT NULL,
    value BLOB NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO settings VALUES('root_key_check',X'65333734363865326165363763393331666533313164343031663561383762366431306430353534666663316537326538306364396433336461613035373765');
CREATE TABLE feed_head (
    one INTEGER PRIMARY KEY DEFAULT 1 CHECK (one = 1),
    cursor INTEGER NOT NULL CHECK (cursor >= 0)
) STRICT;
INSERT INTO feed_head VALUES(1,3);
CREATE TABLE change_feed (
    cursor INTEGER NOT NULL PRIMARY KEY CHECK (cursor > 0),
    at_us INTEGER NOT NULL,
    kind TEXT NOT NULL,
    user_id BLOB,
    session_id BLOB,
    epoch INTEGER
) STRICT, WITHOUT ROWID;
INSERT INTO change_feed VALUES(1,1795782220105554,'keys_changed',NULL,NULL,NULL);
INSERT INTO change_feed VALUES(2,1795782220948953,'epoch_raised',X'01a21cf61bc97a05813a8a799ef16515',NULL,1795782220948953);
INSERT INTO change_feed VALUES(3,1795782220948953,'user_changed',X'01a21cf61bc97a05813a8a799ef16515',NULL,NULL);
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
INSERT INTO audit_events VALUES(1,1795782220105554,'key_created',NULL,NULL,NULL,NULL,NULL,NULL,NULL,1,1,X'b6e529b9627ac2e4c178e9ffdaab5ba1812ed24d295b406724af0627d6cd28b1',X'2df25e9856e1d4d8b85fc17a0a17239017cc7e5a170ef7211d0bd8a842b32872',X'dc2b77a51d7896f4390a88d275aec1df');
INSERT INTO audit_events VALUES(2,1795782220118665,'user_created',NULL,NULL,X'01a21cf619567a58bc616bc31d736484',NULL,NULL,NULL,NULL,1,2,X'da5049a290c64ce6787da917e8c6cd2a3c5831d3cff1ba5f81570e0299ff1bd1',X'5d28fb7611377bfdfc9ded493117113e4203ddd6b3498a52027da8750fb5d5a3',X'70706339fd4c8680f71959ecb710cc79');
INSERT INTO audit_events VALUES(3,1795782220460588,'user_created',NULL,NULL,X'01a21cf61aac72c4aeb0b6153a1d65d2',NULL,NULL,NULL,NULL,1,3,X'8c0ea48ba47c957c75f4b70a2f0d3264fa94ca87757808944f0b7633d7cf981f',X'2c307eb85d625b9d39892964499d8d84d0238c4034dbe72843a4056f02c4fb32',X'acc17bd79020e31158d5acddd97915d5');
INSERT INTO audit_events VALUES(4,1795782220745951,'user_created',NULL,NULL,X'01a21cf61bc97a05813a8a799ef16515',NULL,NULL,NULL,NULL,1,4,X'014ff45dd15d1c2c53636f9e15f1c53335e4c711970970f241679a0c4b27e2ff',X'e4c2e451d88e88c0b815dcf99349302605f53ca17d13cac489b085c648ad2235',X'2518746ab3da7b9361f35347b2e9d76b');
INSERT INTO audit_events VALUES(5,1795782220948953,'user_deactivated',NULL,NULL,X'01a21cf61bc97a05813a8a799ef16515',NULL,NULL,NULL,NULL,1,5,X'57bd5293a2fd3996e74a67390a6e788c2fd7d56ae3c5d7e64bf7d7eb8d322d04',X'39da1da3f48cb84d35b2146fe44ed57f9c2b092dcec2e088128d5ac63b7971d6',X'46697c46f29e7caca7624236602fe890');
INSERT INTO audit_events VALUES(6,1795782221350115,'sign_in',NULL,NULL,X'01a21cf619567a58bc616bc31d736484',X'01a21cf61e2672759a756f180bd45064','127.0.0.1','Python-urllib/3.11','5ju7eah0p2kb4',1,6,X'3c50705708721b7c511b84262f0fe16edc8397328b6a47f5cfb0a77ebec067d3',X'5e8fbbe957a8124faa7a5f695665d8ab8aec4cf77efde8ad1b12436ed34ddc82',X'399d2086bad503a147d5ca8d8c07e721');
INSERT INTO audit_events VALUES(7,1795782221443013,'sign_in',NULL,NULL,X'01a21cf61aac72c4aeb0b6153a1d65d2',X'01a21cf61e837c1d80e41a4995ee7c0f','127.0.0.1','Python-urllib/3.11','925v128rhfv85',1,7,X'27d1e79538ce18e3ed61c077f827bcdcd82f7cad5d2d6d466426c28d9baafd86',X'af3d43928fa3520966d58132091f3c92c4fd12d7d90d2bdbac51ac92e3ee9a88',X'06ed088399383b876429defaabb50da1');
INSERT INTO audit_events VALUES(8,1795782221513122,'email_verification_requested',NULL,X'01a21cf61aac72c4aeb0b6153a1d65d2',X'01a21cf61aac72c4aeb0b6153a1d65d2',NULL,'127.0.0.1','Python-urllib/3.11','5t1ho9re3lskt',1,8,X'd16ec6edfb7e9950ebf7d128a0724200a026c5f2085dd44fd70b7bd495c57482',X'cf65961fc3bec004ed93daa69e48e6ebb09cfce547d649378ea907adf35580c1',X'cf4318a836034c7a6d0fcc18cf27a65e');
INSERT INTO audit_events VALUES(9,1795782221517894,'password_reset_requested',NULL,NULL,X'01a21cf619567a58bc616bc31d736484',NULL,'127.0.0.1','Python-urllib/3.11','6svm23cit1cb7',1,9,X'd054a9d66daffabb828c8a0f8cadd2d70184843850413428d20228250c918391',X'057dff561f0ad5e5bf513a20fde9d11105d980e0e3236624907d4ee3b4282b1c',X'8c51e5eb44180e2f26dc0c4abe2fa458');
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
INSERT INTO audit_segments VALUES(1,'first_start',1795782220101603,'authd',0,0,X'0000000000000000000000000000000000000000000000000000000000000000',NULL,NULL,NULL,X'00c3829b64e453ebc99b716697c2f747cef50a2f78cdd6eaa55e6fb8d105a919',X'01b04946f037ce77d60bb4756dd1103b372504b8bfc61c2ff38fdb9ca6d2062218b7d7b8e1ea7008c2ed747df13553d93078f37968132d39d448a05d2887ead7ba93ee64fd7724460d8782af4f2ef67788');
CREATE TABLE audit_head (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    segment INTEGER NOT NULL,
    sequence INTEGER NOT NULL,
    digest BLOB NOT NULL
) STRICT;
INSERT INTO audit_head VALUES(1,1,9,X'd054a9d66daffabb828c8a0f8cadd2d70184843850413428d20228250c918391');
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
CREATE TABLE sign_in_budgets (
    key BLOB PRIMARY KEY NOT NULL,
    failures INTEGER NOT NULL,
    full_at_us INTEGER NOT NULL,
    blocked_until_us INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE source_limits (
    key BLOB PRIMARY KEY NOT NULL,
    full_at_us INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE sign_in_places (
    user_id BLOB NOT NULL CHECK (length(user_id) = 16) REFERENCES users (id) ON DELETE CASCADE,
    digest BLOB NOT NULL,
    seen_at_us INTEGER NOT NULL,
    noticed_at_us INTEGER,
    PRIMARY KEY (user_id, digest)
) STRICT, WITHOUT ROWID;
INSERT INTO sign_in_places VALUES(X'01a21cf619567a58bc616bc31d736484',X'de1ece2a470ce814c584466c053a37bd48773098bb2ca62c1fc7602dd306a737',1795782221350115,NULL);
INSERT INTO sign_in_places VALUES(X'01a21cf61aac72c4aeb0b6153a1d65d2',X'de1ece2a470ce814c584466c053a37bd48773098bb2ca62c1fc7602dd306a737',1795782221443013,NULL);
ANALYZE sqlite_schema;
INSERT INTO sqlite_stat1 VALUES('users','users_by_role','3 2 1 1');
INSERT INTO sqlite_stat1 VALUES('users','users_by_email','3 1 1');
INSERT INTO sqlite_stat1 VALUES('users','users_by_username','3 1 1');
INSERT INTO sqlite_stat1 VALUES('users','users_by_last_login','3 3 1');
INSERT INTO sqlite_stat1 VALUES('users','users_by_updated_at','3 1 1');
INSERT INTO sqlite_stat1 VALUES('users','users_by_created_at','3 1 1');
INSERT INTO sqlite_stat1 VALUES('users','sqlite_autoindex_users_1','3 1');
INSERT INTO sqlite_stat1 VALUES('sign_in_places','sign_in_places_by_age','2 1');
INSERT INTO sqlite_stat1 VALUES('sign_in_places','sign_in_places','2 1 1');
INSERT INTO sqlite_stat1 VALUES('one_time_tokens','one_time_tokens_by_expiry','2 1');
INSERT INTO sqlite_stat1 VALUES('one_time_tokens','one_time_tokens','2 1 1');
DELETE FROM sqlite_sequence;
INSERT INTO sqlite_sequence VALUES('audit_events',9);
CREATE INDEX users_by_created_at ON users (created_at_us, id);
CREATE INDEX users_by_updated_at ON users (updated_at_us, id);
CREATE INDEX users_by_last_login ON users (last_login_key, id);
CREATE INDEX users_by_username ON users (username_key, id);
CREATE INDEX users_by_email ON users (email_key, id);
CREATE INDEX users_by_role ON users (role, created_at_us, id);
CREATE INDEX passwords_by_sample ON passwords (sample_key, cost);
CREATE INDEX sessions_by_day ON sessions (over_on_day);
CREATE INDEX one_time_tokens_by_expiry ON one_time_tokens (expires_at_us);
CREATE INDEX change_feed_by_time ON change_feed (at_us);
CREATE UNIQUE INDEX audit_events_by_sequence ON audit_events (sequence) WHERE sequence IS NOT NULL;
CREATE INDEX audit_events_unsealed ON audit_events (cursor) WHERE sequence IS NULL;
CREATE INDEX audit_events_by_actor ON audit_events (actor, cursor) WHERE actor IS NOT NULL;
CREATE INDEX audit_events_by_target ON audit_events (target, cursor) WHERE target IS NOT NULL;
CREATE INDEX sign_in_budgets_by_end ON sign_in_budgets (full_at_us);
CREATE INDEX source_limits_by_end ON source_limits (full_at_us);
CREATE INDEX sign_in_places_by_age ON sign_in_places (seen_at_us);
COMMIT;
