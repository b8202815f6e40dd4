-- Written only under the feed's lock, so that the order of cursors is the order of commits.
CREATE TABLE changes (
    cursor INTEGER PRIMARY KEY AUTOINCREMENT,
    at_us INTEGER NOT NULL,
    kind TEXT NOT NULL,
    user_id BLOB,
    session_id BLOB,
    epoch INTEGER
) STRICT;

CREATE INDEX changes_by_time ON changes (at_us);
