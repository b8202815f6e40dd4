-- Invitations, each of a user: an address that no user had gets one, whose origin is then 'invited'.
-- `inviter` is null where the operator has invited; no foreign key ties it to the users, who may be gone before the invitation.
CREATE TABLE authd.invitations (
    user_id uuid NOT NULL REFERENCES authd.users (id) ON DELETE CASCADE,
    id uuid NOT NULL,
    role text COLLATE "C" NOT NULL,
    inviter uuid,
    created_at_us bigint NOT NULL,
    sent_at_us bigint NOT NULL,
    expires_at_us bigint NOT NULL,
    state text COLLATE "C" NOT NULL CHECK (state IN ('pending', 'accepted', 'revoked')),
    PRIMARY KEY (user_id, id)
);

CREATE UNIQUE INDEX invitations_by_id ON authd.invitations (id);

CREATE INDEX invitations_by_end ON authd.invitations (expires_at_us);

-- Users who were invited and have not accepted yet, by age.
CREATE INDEX users_invited ON authd.users (created_at_us, id)
WHERE origin = 'invited' AND email_verified_at_us IS NULL AND last_login_at_us IS NULL;

DO $$ BEGIN PERFORM authd.protect_tables(); END $$;
