-- No foreign key: what a user did is still true when the user is gone.
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
    request_id TEXT
) STRICT;
