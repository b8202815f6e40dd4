DROP TABLE authd.outbox;
