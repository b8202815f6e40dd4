DROP TABLE audit_checkpoints;

DROP TABLE audit_head;

DROP INDEX audit_events_by_target;

DROP INDEX audit_events_by_actor;

DROP INDEX audit_events_unsealed;

DROP INDEX audit_events_by_sequence;

ALTER TABLE audit_events DROP COLUMN sequence;

ALTER TABLE audit_events DROP COLUMN chain;

ALTER TABLE audit_events DROP COLUMN payload_digest;

ALTER TABLE audit_events DROP COLUMN salt;
