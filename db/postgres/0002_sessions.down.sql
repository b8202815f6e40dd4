DROP TABLE authd.sessions;
