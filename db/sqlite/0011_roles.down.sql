-- Programs of before do not know these entries.
UPDATE change_feed SET kind = 'keys_changed', epoch = NULL WHERE kind IN ('roles_changed', 'role_narrowed');

ALTER TABLE change_feed DROP COLUMN role;

ALTER TABLE users DROP COLUMN permissions;

DROP TABLE roles;
