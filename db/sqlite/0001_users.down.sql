DROP TABLE user_counts;

DROP TABLE passwords;

DROP TABLE identifiers;

DROP TABLE users;
