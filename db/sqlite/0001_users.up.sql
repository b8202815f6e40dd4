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
