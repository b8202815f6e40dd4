DROP TABLE authd.audit_checkpoints;

DROP TABLE authd.audit_head;

DROP INDEX authd.audit_events_by_target;

DROP INDEX authd.audit_events_by_actor;

DROP INDEX authd.audit_events_unsealed;

DROP INDEX authd.audit_events_by_sequence;

ALTER TABLE authd.audit_events
    DROP COLUMN sequence,
    DROP COLUMN chain,
    DROP COLUMN payload_digest,
    DROP COLUMN salt;
