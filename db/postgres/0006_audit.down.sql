DROP TABLE authd.audit_events;
