DROP TABLE settings;

DROP TABLE signing_keys;
