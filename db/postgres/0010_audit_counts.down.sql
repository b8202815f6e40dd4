ALTER TABLE authd.audit_events DROP COLUMN count;
