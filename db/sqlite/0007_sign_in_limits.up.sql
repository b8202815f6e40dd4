-- The key is a keyed digest: no name, address or network can be read from it.
CREATE TABLE sign_in_budgets (
    key BLOB PRIMARY KEY NOT NULL,
    failures INTEGER NOT NULL,
    full_at_us INTEGER NOT NULL,
    blocked_until_us INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX sign_in_budgets_by_end ON sign_in_budgets (full_at_us);
