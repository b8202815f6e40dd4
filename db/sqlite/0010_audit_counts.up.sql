-- How many equal refusals of one minute an event stands for.
ALTER TABLE audit_events ADD COLUMN count INTEGER NOT NULL DEFAULT 1;
