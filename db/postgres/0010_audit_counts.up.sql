-- How many equal refusals of one minute an event stands for.
ALTER TABLE authd.audit_events ADD COLUMN count bigint NOT NULL DEFAULT 1;
