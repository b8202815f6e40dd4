-- Invitations, each of a user: an address that no user had gets one, whose origin is then 'invited'.
-- `inviter` is null where the operator has invited; no foreign key ties it to the users, who may be gone before the invitation.
CREATE TABLE invitations (
    user_id BLOB NOT NULL CHECK (length(user_id) = 16) REFERENCES users (id) ON DELETE CASCADE,
    id BLOB NOT NULL CHECK (length(id) = 16),
    role TEXT NOT NULL,
    inviter BLOB CHECK (inviter IS NULL OR length(inviter) = 16),
    created_at_us INTEGER NOT NULL,
    sent_at_us INTEGER NOT NULL,
    expires_at_us INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('pending', 'accepted', 'revoked')),
    PRIMARY KEY (user_id, id)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX invitations_by_id ON invitations (id);

CREATE INDEX invitations_by_end ON invitations (expires_at_us);

-- Users who were invited and have not accepted yet, by age.
CREATE INDEX users_invited ON users (created_at_us, id)
WHERE origin = 'invited' AND email_verified_at_us IS NULL AND last_login_at_us IS NULL;
