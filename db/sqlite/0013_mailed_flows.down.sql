DROP TABLE mail_budgets;

DROP TABLE mailed_flows;

DROP TABLE mail_requests;

-- Programs of before do not know these words.
DELETE FROM one_time_tokens WHERE purpose NOT IN ('password_reset', 'email_verification');

UPDATE sessions SET end_reason = 'password_changed' WHERE end_reason = 'credentials_voided';

ALTER TABLE users DROP COLUMN is_bound;

ALTER TABLE users DROP COLUMN credential_generation;
