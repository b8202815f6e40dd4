DROP TABLE supabase_keys;

DROP TABLE supabase_budgets;

DROP TABLE address_confirmations;

DROP TABLE supabase_codes;

-- Programs of before do not know the word, nor what such a session is for.
DELETE FROM settings WHERE name = 'supabase_key';

DELETE FROM mail_requests WHERE kind = 'supabase';

DELETE FROM one_time_tokens WHERE purpose = 'supabase';

DELETE FROM mail_budgets WHERE purpose = 'supabase';

DELETE FROM mailed_flows WHERE purpose = 'supabase';

DELETE FROM sessions WHERE profile = 'supabase';

UPDATE users SET origin = NULL WHERE origin = 'anonymous';

DROP INDEX mailed_flows_by_address;

ALTER TABLE mailed_flows DROP COLUMN code_address;

ALTER TABLE mailed_flows DROP COLUMN supabase;

ALTER TABLE users DROP COLUMN deleted_at_us;
