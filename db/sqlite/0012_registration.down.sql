DROP TABLE reserved_identifiers;

DROP INDEX users_unverified;

ALTER TABLE users DROP COLUMN locale;

ALTER TABLE users DROP COLUMN origin;
