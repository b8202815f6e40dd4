-- What administrators, commands and the operator's file define beside the program's own roles. The epoch is raised whenever
-- a role grants less than before.
CREATE TABLE roles (
    name TEXT PRIMARY KEY NOT NULL CHECK (name <> ''),
    description TEXT NOT NULL,
    permissions TEXT NOT NULL,
    origin TEXT NOT NULL CHECK (origin IN ('file', 'data')),
    epoch INTEGER NOT NULL CHECK (epoch >= 0),
    updated_at_us INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- What a user may do beside the role: names with single spaces between them.
ALTER TABLE users ADD COLUMN permissions TEXT NOT NULL DEFAULT '';

ALTER TABLE change_feed ADD COLUMN role TEXT;
