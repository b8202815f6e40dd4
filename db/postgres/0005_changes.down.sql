DROP TABLE authd.changes;

DROP FUNCTION authd.announce_change();
