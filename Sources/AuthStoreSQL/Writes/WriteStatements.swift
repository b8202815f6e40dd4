// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthStore

/// The statements that carry out what a plan writes.
enum WriteStatements {
    /// Everything that a plan writes, in its order.
    ///
    /// The rows of its user, and of the session that it writes, are locked already.
    static func write<Outcome>(_ plan: StorePlan<Outcome>, at now: Timestamp) -> [Statement] {
        plan.writes.flatMap { statements(for: $0, at: now) }
    }

    private static func statements(for write: StoreWrite, at now: Timestamp) -> [Statement] {
        switch write {
        case .updateUser(let user):
            [Statement(updateUser, UserColumns.values(user) + UserColumns.keyValues(user))]
        case .recordSignIn(let user):
            [Statement(updateLogin, [.id(user.id), .time(user.lastLoginAt), .int64(UserColumns.lastLoginKey(user))])]
        case .proveAddress(let user):
            user.email.map { email in
                let provenAt = user.emailVerifiedAt ?? now
                return [Statement(proveAddress, [.id(user.id), .text(email.canonical), .time(provenAt)])]
            } ?? []
        case .removeUser(let user): remove(user)
        case .forgetUser(let id): ForgetStatements.forget(id)
        case .reserveIdentifier(let identifier, let end):
            [
                Statement(
                    reserveIdentifier,
                    [.text(identifier.kind.rawValue), .text(identifier.canonical), .time(end)])
            ]
        case .releaseIdentifier(let identifier, let end): [AddressChangeStatements.release(identifier, until: end)]
        case .putAddressChange(let change): [AddressChangeStatements.insert(change)]
        case .removeAddressChange(let id, let number): [AddressChangeStatements.remove(of: id, number: number)]
        case .changeUserCount(let difference, let id):
            // The shard is drawn by the random end of the id.
            [Statement(changeCount, [.int64(Int64(id.uuid.low & 0xF)), .int64(difference)])]
        case .storeHash(let hash, let id):
            [Statement(storeHash, [.id(id), .text(hash.text), .text(hash.cost), .int64(sampleKey(id))])]
        case .removeHash(let id): [Statement(deleteHash, [.id(id)])]
        case .openSession(let session): [Statement(insertSession, SessionColumns.values(session))]
        case .updateSession(let session): [update(session)]
        case .renewSession(let session):
            [Statement(renewSession, [.id(session.userID), .id(session.id)] + SessionColumns.provenValues(session))]
        case .endSessions(let id, let kept, let end): [endSessions(of: id, except: kept, end)]
        case .voidTokens(let id, let purpose): MailedFlowStatements.voidTokens(of: id, purpose, at: now)
        case .voidToken(let key): MailedFlowStatements.voidToken(key, at: now)
        case .extendToken(let key, let instant): MailedFlowStatements.extendToken(key, until: instant)
        case .putFlow(let flow): [MailedFlowStatements.insert(flow)]
        case .countWrongCode(let id): [MailedFlowStatements.countWrongCode(id)]
        case .putMailBudget(let key, let budget): [MailedFlowStatements.put(budget, under: key)]
        case .removeMailRequest(let number): [MailedFlowStatements.removeMailRequest(number)]
        case .issueToken(let token): issue(token, at: now)
        case .putInvitation(let invitation): [Statement(putInvitation, InvitationColumns.values(invitation))]
        case .putIdentity(let identity): [IdentityStatements.put(identity)]
        case .removeIdentity(let userID, let id): [IdentityStatements.remove(id, of: userID)]
        case .removeUnboundIdentities(let userID): [IdentityStatements.removeUnbound(of: userID)]
        case .removeIdentities(let userID, let instant): [IdentityStatements.remove(of: userID, linkedSince: instant)]
        case .bindIdentities(let userID): [IdentityStatements.bind(of: userID, true)]
        case .unbindIdentities(let userID): [IdentityStatements.bind(of: userID, false)]
        case .removeProviderCode(let digest): [IdentityStatements.removeCode(digest)]
        case .countWrongVerifier(let digest): [IdentityStatements.countWrongVerifier(digest)]
        case .freeIdentifiers(let user): user.identifiers.map { free($0.kind, $0.canonical, of: user.id) }
        case .putSupabaseCode(let code): [SupabaseStatements.insert(code)]
        case .removeSupabaseCode(let digest): [SupabaseStatements.removeCode(digest)]
        case .removeSupabaseCodes(let id): [SupabaseStatements.removeCodes(of: id)]
        case .countWrongSupabaseVerifier(let digest): [SupabaseStatements.countWrongVerifier(digest)]
        case .putAddressConfirmation(let confirmation): [SupabaseStatements.put(confirmation)]
        case .removeAddressConfirmation(let id): [SupabaseStatements.removeConfirmation(of: id)]
        case .putSupabaseBudget(let key, let budget): [SupabaseStatements.put(budget, under: key)]
        case .voidCode(let id): [MailedFlowStatements.voidCode(id)]
        case .putSupabaseKey(let key): [SupabaseKeyOperations.put(key)]
        case .noteSupabaseKeyUse(let id, let instant): [SupabaseKeyOperations.noteUse(of: id, at: instant)]
        case .putKey(let key): [SigningKeyOperations.put(key)]
        case .removeKey(let id): [SigningKeyOperations.remove(id)]
        case .putRole(let role): [Statement(putRole, RoleColumns.values(role))]
        case .removeRole(let role): [Statement(removeRole, [.text(role.name)])]
        case .appendChange(let change):
            [Statement(advanceFeed), Statement(insertChange, ChangeColumns.values(change, at: now))]
        case .appendAudit(let event): [append(event)]
        case .enqueue(let entry): enqueue(entry)
        case .updateOutboxRow(let row):
            [Statement(updateOutboxRow, OutboxColumns.values(row.key) + OutboxColumns.changedValues(row))]
        case .removeOutboxRow(let key): [Statement(removeOutboxRow, OutboxColumns.values(key))]
        }
    }

    /// Makes a user's row.
    static func insert(_ user: User) -> Statement {
        Statement(insertUser, UserColumns.values(user) + UserColumns.keyValues(user))
    }

    /// Claims the identifier of a move; gives a row only if it was free.
    ///
    /// `nil` where the move claims none.
    static func claim(_ move: IdentifierMove, for userID: UserID) -> Statement? {
        move.claimed.map { canonical in
            let values: [SQLValue] = [.text(move.kind.rawValue), .text(canonical), .id(userID), .time(move.provenAt)]
            return Statement(claimIdentifier, values)
        }
    }

    /// Looks for a reservation of the identifier that a move claims; gives a row if there is one at `instant`.
    ///
    /// It comes behind the claim: a claim waits for the transaction that frees the identifier, and only a statement that begins
    /// after that sees what the transaction reserved.
    static func reservation(of move: IdentifierMove, at instant: Timestamp) -> Statement? {
        move.claimed.map { canonical in
            Statement(selectReservation, [.text(move.kind.rawValue), .text(canonical), .time(instant)])
        }
    }

    /// Frees an identifier of a user.
    static func free(_ kind: IdentifierKind, _ canonical: String, of userID: UserID) -> Statement {
        Statement(freeIdentifier, [.text(kind.rawValue), .text(canonical), .id(userID)])
    }

    /// Frees the identifiers of a user, which no foreign key ties to the user, then removes the user; the database removes
    /// the rows that are keyed by the user, but for what is still to be delivered.
    private static func remove(_ user: User) -> [Statement] {
        user.identifiers.map { free($0.kind, $0.canonical, of: user.id) }
            + [Statement(deleteUser, [.id(user.id)])] + ForgetStatements.removeUntied(of: user.id)
    }

    /// Appends to the outbox, and makes due at once what the entry has to wait for.
    static func enqueue(_ entry: OutboxEntry) -> [Statement] {
        let insertion = Statement(insertOutboxRow, OutboxColumns.values(entry))
        guard let user = entry.userID else { return [insertion] }
        let line: [SQLValue] = [
            .id(user), .text(entry.lane.rawValue), .text(entry.destination), .time(entry.createdAt),
        ]
        return [Statement(hasten, line), insertion]
    }

    /// Appends to the audit log.
    static func append(_ event: AuditEvent) -> Statement {
        Statement(insertAuditEvent, AuditColumns.values(event))
    }

    private static func endSessions(of id: UserID, except kept: SessionID?, _ end: Session.Ended) -> Statement {
        let values: [SQLValue] = [
            .id(id), .time(end.at), .text(end.reason.rawValue), .int64(SessionColumns.day(of: end.at)),
        ]
        guard let kept else { return Statement(endSessions, values) }
        return Statement(endOtherSessions, values + [.id(kept)])
    }

    private static func update(_ session: Session) -> Statement {
        Statement(
            updateSession, [.id(session.userID), .id(session.id)] + SessionColumns.changedValues(session))
    }

    private static func issue(_ token: OneTimeToken, at now: Timestamp) -> [Statement] {
        [
            Statement(
                removeSpareTokens,
                [.id(token.userID), .text(token.purpose.rawValue), .text(token.address), .time(now)]),
            Statement(insertToken, OneTimeTokenColumns.values(token)),
        ]
    }

    /// The random part of an id as a number that is not negative.
    private static func sampleKey(_ userID: UserID) -> Int64 {
        Int64(bitPattern: userID.uuid.low & 0x3FFF_FFFF_FFFF_FFFF)
    }

    // MARK: The texts

    private static let insertUser = SQL(
        joining: ["INSERT INTO authd.users", (UserColumns.list + UserColumns.keys).insertion], isPermanent: true)

    private static let updateUser = SQL(
        joining: [
            "UPDATE authd.users SET", (UserColumns.list + UserColumns.keys).dropFirst().assignments(from: 2),
            "WHERE id = $1",
        ], isPermanent: true)

    private static let updateLogin = SQL(
        "UPDATE authd.users SET last_login_at_us = $2, last_login_key = $3 WHERE id = $1")

    private static let deleteUser = SQL("DELETE FROM authd.users WHERE id = $1")

    private static let insertOutboxRow = SQL(
        joining: ["INSERT INTO authd.outbox", OutboxColumns.inserted.insertion], isPermanent: true)

    private static let hasten = SQL(
        """
        UPDATE authd.outbox SET due_at_us = $4 WHERE user_id = $1 AND lane = $2 AND destination = $3 \
        AND state = 'due' AND due_at_us > $4
        """)

    private static let updateOutboxRow = SQL(
        joining: [
            "UPDATE authd.outbox SET", OutboxColumns.changed.assignments(from: 3), "WHERE user_id = $1 AND number = $2",
        ], isPermanent: true)

    private static let removeOutboxRow = SQL("DELETE FROM authd.outbox WHERE user_id = $1 AND number = $2")

    private static let changeCount = SQL("UPDATE authd.user_counts SET count = count + $2 WHERE shard = $1")

    private static let claimIdentifier = SQL(
        """
        INSERT INTO authd.identifiers (kind, canonical, user_id, verified_at_us) VALUES ($1, $2, $3, $4) \
        ON CONFLICT DO NOTHING RETURNING kind
        """)

    private static let reserveIdentifier = SQL(
        """
        INSERT INTO authd.reserved_identifiers (kind, canonical, until_us) VALUES ($1, $2, $3) \
        ON CONFLICT (kind, canonical) DO UPDATE SET until_us = $3
        """)

    private static let selectReservation = SQL(
        "SELECT until_us FROM authd.reserved_identifiers WHERE kind = $1 AND canonical = $2 AND until_us > $3")

    private static let freeIdentifier = SQL(
        "DELETE FROM authd.identifiers WHERE kind = $1 AND canonical = $2 AND user_id = $3")

    private static let proveAddress = SQL(
        """
        UPDATE authd.identifiers SET verified_at_us = $3 WHERE kind = 'email' AND canonical = $2 AND user_id = $1
        """)

    private static let storeHash = SQL(
        """
        INSERT INTO authd.passwords (user_id, hash, cost, sample_key) VALUES ($1, $2, $3, $4) \
        ON CONFLICT (user_id) DO UPDATE SET hash = $2, cost = $3
        """)

    private static let deleteHash = SQL("DELETE FROM authd.passwords WHERE user_id = $1")

    private static let insertSession = SQL(
        joining: ["INSERT INTO authd.sessions", (SessionColumns.list + SessionColumns.limits).insertion],
        isPermanent: true)

    private static let updateSession = SQL(
        joining: [
            "UPDATE authd.sessions SET", SessionColumns.changed.assignments(from: 3), "WHERE user_id = $1 AND id = $2",
        ], isPermanent: true)

    private static let renewSession = SQL(
        joining: [
            "UPDATE authd.sessions SET", SessionColumns.proven.assignments(from: 3), "WHERE user_id = $1 AND id = $2",
        ], isPermanent: true)

    private static let endSessions = SQL(
        """
        UPDATE authd.sessions SET ended_at_us = $2, end_reason = $3, over_on_day = $4 \
        WHERE user_id = $1 AND ended_at_us IS NULL
        """)

    private static let endOtherSessions = SQL(
        """
        UPDATE authd.sessions SET ended_at_us = $2, end_reason = $3, over_on_day = $4 \
        WHERE user_id = $1 AND ended_at_us IS NULL AND id <> $5
        """)

    // As `OneTimeToken.isSpare` says.
    private static let removeSpareTokens = SQL(
        """
        DELETE FROM authd.one_time_tokens WHERE user_id = $1 AND purpose = $2 \
        AND ((address <> $3 AND purpose NOT IN ('address_undo', 'supabase')) OR expires_at_us <= $4)
        """)

    private static let insertToken = SQL(
        joining: ["INSERT INTO authd.one_time_tokens", OneTimeTokenColumns.list.insertion], isPermanent: true)

    private static let putInvitation = SQL(
        joining: [
            "INSERT INTO authd.invitations", InvitationColumns.list.insertion,
            "ON CONFLICT (user_id, id) DO UPDATE SET", InvitationColumns.list.dropFirst(2).assignments(from: 3),
        ], isPermanent: true)

    private static let putRole = SQL(
        joining: [
            "INSERT INTO authd.roles", RoleColumns.list.insertion, "ON CONFLICT (name) DO UPDATE SET",
            RoleColumns.list.dropFirst().assignments(from: 2),
        ], isPermanent: true)

    private static let removeRole = SQL("DELETE FROM authd.roles WHERE name = $1")

    private static let advanceFeed = SQL("UPDATE authd.feed_head SET cursor = cursor + 1")

    // Without the head's row the cursor is missing, and the statement fails.
    private static let insertChange = SQL(
        joining: [
            "INSERT INTO authd.change_feed", ChangeColumns.list.insertion(afterFirst: "FROM authd.feed_head"),
        ], isPermanent: true)

    private static let insertAuditEvent = SQL(
        """
        INSERT INTO authd.audit_events (at_us, action, refusal, actor, target, session_id, source, user_agent, \
        request_id, count) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
        """)
}
