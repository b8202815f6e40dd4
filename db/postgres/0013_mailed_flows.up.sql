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
