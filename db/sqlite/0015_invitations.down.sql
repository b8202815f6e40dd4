DROP INDEX users_invited;

DROP TABLE invitations;

-- Programs of before do not know the word.
UPDATE users SET origin = 'administrator' WHERE origin = 'invited';
