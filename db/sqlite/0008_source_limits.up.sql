-- The key is a keyed digest: no address or network can be read from it.
CREATE TABLE source_limits (
    key BLOB PRIMARY KEY NOT NULL,
    full_at_us INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX source_limits_by_end ON source_limits (full_at_us);
