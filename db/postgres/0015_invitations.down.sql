DROP INDEX authd.users_invited;

DROP TABLE authd.invitations;

-- Programs of before do not know the word.
UPDATE authd.users SET origin = 'administrator' WHERE origin = 'invited';
