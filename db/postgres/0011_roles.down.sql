-- Programs of before do not know these entries.
UPDATE authd.change_feed SET kind = 'keys_changed', epoch = NULL WHERE kind IN ('roles_changed', 'role_narrowed');

ALTER TABLE authd.change_feed DROP COLUMN role;

ALTER TABLE authd.users DROP COLUMN permissions;

DROP TABLE authd.roles;
