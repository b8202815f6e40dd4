DROP TABLE authd.spent_values;

DROP TABLE authd.parked_callbacks;

DROP TABLE authd.provider_codes;

DROP TABLE authd.identities;

-- Programs of before do not know the word.
UPDATE authd.users SET origin = NULL WHERE origin = 'provider';
