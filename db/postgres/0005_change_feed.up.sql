-- One row: the cursor of the newest entry. Every transaction that appends locks it first and counts it up, so that the
-- order of cursors is the order of commits, without a gap. It changes in place, for which its page has room.
CREATE TABLE authd.feed_head (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    cursor bigint NOT NULL CHECK (cursor >= 0)
) WITH (fillfactor = 10);

INSERT INTO authd.feed_head (cursor) VALUES (0);

CREATE TABLE authd.change_feed (
    cursor bigint PRIMARY KEY CHECK (cursor > 0),
    at_us bigint NOT NULL,
    kind text NOT NULL,
    user_id uuid,
    session_id uuid,
    epoch bigint
);

CREATE INDEX change_feed_by_time ON authd.change_feed (at_us);

CREATE FUNCTION authd.announce_change() RETURNS trigger
LANGUAGE plpgsql SET search_path = ''
AS $$
BEGIN
    PERFORM pg_catalog.pg_notify('authd_changes', '');
    RETURN NULL;
END
$$;

REVOKE ALL ON FUNCTION authd.announce_change() FROM PUBLIC;

CREATE TRIGGER announce_change AFTER INSERT ON authd.change_feed
FOR EACH STATEMENT EXECUTE FUNCTION authd.announce_change();

DO $$ BEGIN PERFORM authd.protect_tables(); END $$;
