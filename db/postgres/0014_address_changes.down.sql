DROP TABLE authd.address_changes;

-- Programs of before do not know these words.
DELETE FROM authd.one_time_tokens WHERE purpose IN ('address_change', 'address_undo');

ALTER TABLE authd.users DROP COLUMN new_email;
