DROP TABLE spent_values;

DROP TABLE parked_callbacks;

DROP TABLE provider_codes;

DROP TABLE identities;

-- Programs of before do not know the word.
UPDATE users SET origin = NULL WHERE origin = 'provider';
