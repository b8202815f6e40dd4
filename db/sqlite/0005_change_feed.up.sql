-- One row: the cursor of the newest entry. Every transaction that appends counts it up, so that the order of cursors is
-- the order of commits, without a gap.
CREATE TABLE feed_head (
    one INTEGER PRIMARY KEY DEFAULT 1 CHECK (one = 1),
    cursor INTEGER NOT NULL CHECK (cursor >= 0)
) STRICT;

INSERT INTO feed_head (cursor) VALUES (0);

-- Without a row id: one would be given to an entry whose cursor is missing, which must fail.
CREATE TABLE change_feed (
    cursor INTEGER NOT NULL PRIMARY KEY CHECK (cursor > 0),
    at_us INTEGER NOT NULL,
    kind TEXT NOT NULL,
    user_id BLOB,
    session_id BLOB,
    epoch INTEGER
) STRICT, WITHOUT ROWID;

CREATE INDEX change_feed_by_time ON change_feed (at_us);
