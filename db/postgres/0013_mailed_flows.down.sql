DROP TABLE authd.mail_budgets;

DROP TABLE authd.mailed_flows;

DROP TABLE authd.mail_requests;

-- Programs of before do not know these words.
DELETE FROM authd.one_time_tokens WHERE purpose NOT IN ('password_reset', 'email_verification');

UPDATE authd.sessions SET end_reason = 'password_changed' WHERE end_reason = 'credentials_voided';

ALTER TABLE authd.users DROP COLUMN is_bound;

ALTER TABLE authd.users DROP COLUMN credential_generation;
