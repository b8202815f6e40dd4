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
