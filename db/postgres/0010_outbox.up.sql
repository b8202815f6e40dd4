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
