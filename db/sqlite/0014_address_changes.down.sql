DROP TABLE address_changes;

-- Programs of before do not know these words.
DELETE FROM one_time_tokens WHERE purpose IN ('address_change', 'address_undo');

ALTER TABLE users DROP COLUMN new_email;
