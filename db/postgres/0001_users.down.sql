DROP TABLE authd.user_counts;

DROP TABLE authd.passwords;

DROP TABLE authd.identifiers;

DROP TABLE authd.users;

DROP FUNCTION authd.protect_tables();
