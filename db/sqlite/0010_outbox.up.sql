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
