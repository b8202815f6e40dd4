-- Written only under the feed's lock, so that the order of cursors is the order of commits.
CREATE TABLE authd.changes (
    cursor bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at_us bigint NOT NULL,
    kind text NOT NULL,
    user_id uuid,
    session_id uuid,
    epoch bigint
);

CREATE INDEX changes_by_time ON authd.changes (at_us);

CREATE FUNCTION authd.announce_change() RETURNS trigger
LANGUAGE plpgsql SET search_path = ''
AS $$
BEGIN
    PERFORM pg_catalog.pg_notify('authd_changes', '');
    RETURN NULL;
END
$$;

REVOKE ALL ON FUNCTION authd.announce_change() FROM PUBLIC;

CREATE TRIGGER announce_change AFTER INSERT ON authd.changes
FOR EACH STATEMENT EXECUTE FUNCTION authd.announce_change();

DO $$ BEGIN PERFORM authd.protect_tables(); END $$;
