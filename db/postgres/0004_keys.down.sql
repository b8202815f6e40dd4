DROP TABLE authd.settings;

DROP TABLE authd.signing_keys;
