-- What sealing adds to an event. Salt, address, user agent and request can be erased without breaking the chain.
ALTER TABLE audit_events ADD COLUMN sequence INTEGER;

ALTER TABLE audit_events ADD COLUMN chain BLOB;

ALTER TABLE audit_events ADD COLUMN payload_digest BLOB;

ALTER TABLE audit_events ADD COLUMN salt BLOB;

CREATE UNIQUE INDEX audit_events_by_sequence ON audit_events (sequence) WHERE sequence IS NOT NULL;

CREATE INDEX audit_events_unsealed ON audit_events (cursor) WHERE sequence IS NULL;

CREATE INDEX audit_events_by_actor ON audit_events (actor, cursor) WHERE actor IS NOT NULL;

CREATE INDEX audit_events_by_target ON audit_events (target, cursor) WHERE target IS NOT NULL;

-- One row, which whoever seals or erases locks.
CREATE TABLE audit_head (
    sequence INTEGER NOT NULL,
    digest BLOB NOT NULL
) STRICT;

INSERT INTO audit_head (sequence, digest) VALUES (0, zeroblob(32));

CREATE TABLE audit_checkpoints (
    sequence INTEGER PRIMARY KEY,
    digest BLOB NOT NULL,
    at_us INTEGER NOT NULL,
    signature BLOB NOT NULL
) STRICT;
