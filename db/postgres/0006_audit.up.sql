-- SPDX-License-Identifier: Apache-2.0

CREATE TABLE authd.audit_events (
    cursor bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at_us bigint NOT NULL,
    action text NOT NULL,
    refusal text,
    actor uuid,
    target uuid,
    session_id uuid,
    source text,
    user_agent text,
    request_id text,
    count bigint NOT NULL DEFAULT 1,
    sequence bigint,
    chain bytea,
    payload_digest bytea,
    salt bytea
);

CREATE UNIQUE INDEX audit_events_by_sequence ON authd.audit_events (sequence) WHERE sequence IS NOT NULL;

CREATE INDEX audit_events_unsealed ON authd.audit_events (cursor) WHERE sequence IS NULL;

CREATE INDEX audit_events_by_actor ON authd.audit_events (actor, cursor) WHERE actor IS NOT NULL;

CREATE INDEX audit_events_by_target ON authd.audit_events (target, cursor) WHERE target IS NOT NULL;

-- The opening record of each segment of the chain, and its key, sealed under the root key.
CREATE TABLE authd.audit_segments (
    number bigint PRIMARY KEY,
    reason text NOT NULL,
    opened_at_us bigint NOT NULL,
    author text NOT NULL,
    found_segment bigint NOT NULL,
    found_sequence bigint NOT NULL,
    found_digest bytea NOT NULL,
    expected_segment bigint,
    expected_sequence bigint,
    expected_digest bytea,
    digest bytea NOT NULL,
    sealed_key bytea NOT NULL
);

-- One row, which sealing, erasing and cutting lock.
CREATE TABLE authd.audit_head (
    id bigint PRIMARY KEY CHECK (id = 1),
    segment bigint NOT NULL,
    sequence bigint NOT NULL,
    digest bytea NOT NULL
);

INSERT INTO authd.audit_head (id, segment, sequence, digest) VALUES (1, 0, 0, decode(repeat('00', 32), 'hex'));

-- The signed records of removals.
CREATE TABLE authd.audit_cuts (
    sequence bigint PRIMARY KEY,
    segment bigint NOT NULL,
    digest bytea NOT NULL,
    cutoff_us bigint NOT NULL,
    at_us bigint NOT NULL,
    author text NOT NULL,
    signed_by bigint NOT NULL,
    signature bytea NOT NULL
);

DO $$ BEGIN PERFORM authd.protect_tables(); END $$;
