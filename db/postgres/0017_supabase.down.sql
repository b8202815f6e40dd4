DROP TABLE authd.supabase_keys;

DROP TABLE authd.supabase_budgets;

DROP TABLE authd.address_confirmations;

DROP TABLE authd.supabase_codes;

-- Programs of before do not know the word, nor what such a session is for.
DELETE FROM authd.settings WHERE name = 'supabase_key';

DELETE FROM authd.mail_requests WHERE kind = 'supabase';

DELETE FROM authd.one_time_tokens WHERE purpose = 'supabase';

DELETE FROM authd.mail_budgets WHERE purpose = 'supabase';

DELETE FROM authd.mailed_flows WHERE purpose = 'supabase';

DELETE FROM authd.sessions WHERE profile = 'supabase';

UPDATE authd.users SET origin = NULL WHERE origin = 'anonymous';

DROP INDEX authd.mailed_flows_by_address;

ALTER TABLE authd.mailed_flows DROP COLUMN code_address;

ALTER TABLE authd.mailed_flows DROP COLUMN supabase;

ALTER TABLE authd.users DROP COLUMN deleted_at_us;
