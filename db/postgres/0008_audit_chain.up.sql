-- What sealing adds to an event. Salt, address, user agent and request can be erased without breaking the chain.
ALTER TABLE authd.audit_events
    ADD COLUMN sequence bigint,
    ADD COLUMN chain bytea,
    ADD COLUMN payload_digest bytea,
    ADD COLUMN salt bytea;

CREATE UNIQUE INDEX audit_events_by_sequence ON authd.audit_events (sequence) WHERE sequence IS NOT NULL;

CREATE INDEX audit_events_unsealed ON authd.audit_events (cursor) WHERE sequence IS NULL;

CREATE INDEX audit_events_by_actor ON authd.audit_events (actor, cursor) WHERE actor IS NOT NULL;

CREATE INDEX audit_events_by_target ON authd.audit_events (target, cursor) WHERE target IS NOT NULL;

-- One row, which whoever seals or erases locks.
CREATE TABLE authd.audit_head (
    sequence bigint NOT NULL,
    digest bytea NOT NULL
);

INSERT INTO authd.audit_head (sequence, digest) VALUES (0, decode(repeat('00', 32), 'hex'));

CREATE TABLE authd.audit_checkpoints (
    sequence bigint PRIMARY KEY,
    digest bytea NOT NULL,
    at_us bigint NOT NULL,
    signature bytea NOT NULL
);

DO $$ BEGIN PERFORM authd.protect_tables(); END $$;
