-- What administrators, commands and the operator's file define beside the program's own roles. The epoch is raised whenever
-- a role grants less than before.
CREATE TABLE authd.roles (
    name text COLLATE "C" PRIMARY KEY CHECK (name <> ''),
    description text NOT NULL,
    permissions text NOT NULL,
    origin text NOT NULL CHECK (origin IN ('file', 'data')),
    epoch bigint NOT NULL CHECK (epoch >= 0),
    updated_at_us bigint NOT NULL
);

-- What a user may do beside the role: names with single spaces between them.
ALTER TABLE authd.users ADD COLUMN permissions text NOT NULL DEFAULT '';

ALTER TABLE authd.change_feed ADD COLUMN role text;

DO $$ BEGIN PERFORM authd.protect_tables(); END $$;
