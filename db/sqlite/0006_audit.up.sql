-- SPDX-License-Identifier: Apache-2.0

CREATE TABLE audit_events (
    cursor INTEGER PRIMARY KEY AUTOINCREMENT,
    at_us INTEGER NOT NULL,
    action TEXT NOT NULL,
    refusal TEXT,
    actor BLOB,
    target BLOB,
    session_id BLOB,
    source TEXT,
    user_agent TEXT,
    request_id TEXT,
    count INTEGER NOT NULL DEFAULT 1,
    sequence INTEGER,
    chain BLOB,
    payload_digest BLOB,
    salt BLOB
) STRICT;

CREATE UNIQUE INDEX audit_events_by_sequence ON audit_events (sequence) WHERE sequence IS NOT NULL;

CREATE INDEX audit_events_unsealed ON audit_events (cursor) WHERE sequence IS NULL;

CREATE INDEX audit_events_by_actor ON audit_events (actor, cursor) WHERE actor IS NOT NULL;

CREATE INDEX audit_events_by_target ON audit_events (target, cursor) WHERE target IS NOT NULL;

-- The opening record of each segment of the chain, and its key, sealed under the root key.
CREATE TABLE audit_segments (
    number INTEGER PRIMARY KEY,
    reason TEXT NOT NULL,
    opened_at_us INTEGER NOT NULL,
    author TEXT NOT NULL,
    found_segment INTEGER NOT NULL,
    found_sequence INTEGER NOT NULL,
    found_digest BLOB NOT NULL,
    expected_segment INTEGER,
    expected_sequence INTEGER,
    expected_digest BLOB,
    digest BLOB NOT NULL,
    sealed_key BLOB NOT NULL
) STRICT;

-- One row, which sealing, erasing and cutting lock.
CREATE TABLE audit_head (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    segment INTEGER NOT NULL,
    sequence INTEGER NOT NULL,
    digest BLOB NOT NULL
) STRICT;

INSERT INTO audit_head (id, segment, sequence, digest) VALUES (1, 0, 0, zeroblob(32));

-- The signed records of removals.
CREATE TABLE audit_cuts (
    sequence INTEGER PRIMARY KEY,
    segment INTEGER NOT NULL,
    digest BLOB NOT NULL,
    cutoff_us INTEGER NOT NULL,
    at_us INTEGER NOT NULL,
    author TEXT NOT NULL,
    signed_by INTEGER NOT NULL,
    signature BLOB NOT NULL
) STRICT;
