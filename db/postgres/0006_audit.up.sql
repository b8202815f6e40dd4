-- No foreign key: what a user did is still true when the user is gone.
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
    request_id text
);

DO $$ BEGIN PERFORM authd.protect_tables(); END $$;
