DROP TABLE authd.reserved_identifiers;

DROP INDEX authd.users_unverified;

ALTER TABLE authd.users DROP COLUMN locale;

ALTER TABLE authd.users DROP COLUMN origin;
