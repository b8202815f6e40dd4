// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthStore

/// Making, sending, revoking and accepting invitations.
enum InvitationOperations {
    /// I1.
    static func create(
        _ user: User, _ invitation: Invitation, _ issued: MailedToken, context: OperationContext
    ) -> SQLOperation<UserCreation> {
        UserOperations.create(
            user, .createInvitedUser(user, invitation, issued, context: context), action: .userCreated,
            context: context)
    }

    /// I2.
    static func invite(
        _ invitation: Invitation, _ issued: MailedToken, under policy: AccessPolicy, context: OperationContext
    ) -> SQLOperation<InvitationOutcome> {
        SQLOperation(
            .write,
            .run(lockedRows(of: invitation.userID)) { (results) throws(StoreError) in
                let (user, others) = try userAndInvitations(in: results)
                let plan = StorePlan<InvitationOutcome>.invite(
                    invitation, issued, for: user, beside: others, under: policy, context: context)
                return .commit(WriteStatements.write(plan, at: context.now), plan.outcome)
            })
    }

    /// I3.
    static func resend(
        _ id: InvitationID, _ issued: MailedToken, context: OperationContext
    ) -> SQLOperation<InvitationResendOutcome> {
        SQLOperation(
            .write,
            .run(lockedRows(of: issued.token.userID)) { (results) throws(StoreError) in
                let (user, invitations) = try userAndInvitations(in: results)
                let plan = StorePlan<InvitationResendOutcome>.resend(
                    invitations.first { $0.id == id }, issued, for: user, context: context)
                return .commit(WriteStatements.write(plan, at: context.now), plan.outcome)
            })
    }

    /// I4.
    static func revoke(
        _ id: InvitationID, of userID: UserID, context: OperationContext
    ) -> SQLOperation<Committed<InvitationOutcome>> {
        SQLOperation(
            .writeFeed,
            .run(lockedRows(of: userID)) { (results) throws(StoreError) in
                let (user, invitations) = try userAndInvitations(in: results)
                return .commit(
                    StorePlan<InvitationOutcome>.revoke(id, of: user, invitations: invitations, context: context),
                    at: context.now)
            })
    }

    /// I5 to I7: what takes a role from an inviter, or disables one, holds the feed's lock, too.
    static func accept(
        _ acceptance: InvitationProof, context: OperationContext
    ) -> SQLOperation<Committed<InvitationAcceptanceOutcome>> {
        guard let key = acceptance.proof.tokenKey else {
            let plan = StorePlan<InvitationAcceptanceOutcome>.refuseInvitation(.unknown, of: nil, context: context)
            return SQLOperation(.writeFeed, .commit(plan, at: context.now))
        }
        let rows =
            lockedRows(of: key.userID) + [
                LockedRows.passwordHash(of: key.userID), LockedRows.flow(of: key), LockedRows.oneTimeToken(key),
            ]
        return SQLOperation(
            .writeFeed,
            .run(rows) { (results) throws(StoreError) in
                guard results.count == rows.count else { throw .corrupt("a statement gave no result") }
                let (user, invitations) = try userAndInvitations(in: Array(results.prefix(2)))
                let hasPassword = try LockedRows.passwordHash(in: results[2]) != nil
                let flow = try LockedRows.flow(in: results[3])
                let token = try LockedRows.oneTimeToken(in: results[4])
                let inviter = InvitedState.open(among: invitations, at: context.now)?.inviter
                return .run(Statement(selectUser, [.id(inviter ?? OutboxColumns.noUser)])) {
                    (result) throws(StoreError) in
                    let state = InvitedState(
                        token: token, flow: flow, user: user, hasPassword: hasPassword, invitations: invitations,
                        inviter: try LockedRows.user(in: result))
                    return .commit(
                        StorePlan<InvitationAcceptanceOutcome>.acceptInvitation(state, acceptance, context: context),
                        at: context.now)
                }
            })
    }

    /// I8.
    static func list(_ query: InvitationQuery) -> SQLOperation<[InvitedUser]> {
        var fragments = selectInvited
        var values: [SQLValue] = []
        func condition(_ comparison: SQLFragment, _ value: SQLValue) {
            values.append(value)
            fragments += [values.count == 1 ? "WHERE" : "AND", comparison, .parameter(values.count)]
        }
        if let now = query.openAt {
            condition("invitations.state = 'pending' AND invitations.expires_at_us >", .time(now))
        }
        if let before = query.before { condition("invitations.id <", .id(before)) }
        values.append(.int64(Int64(max(0, query.limit))))
        fragments += ["ORDER BY invitations.id DESC LIMIT", .parameter(values.count)]
        return SQLOperation(
            .read,
            .run(Statement(SQL(joining: fragments, isPermanent: false), values)) { (result) throws(StoreError) in
                .commit([], try invited(in: result))
            })
    }

    /// The invitation with an id.
    static func invitation(withID id: InvitationID) -> SQLOperation<InvitedUser?> {
        SQLOperation(
            .read,
            .run(Statement(selectByID, [.id(id)])) { (result) throws(StoreError) in
                .commit([], try invited(in: result).first)
            })
    }

    /// The oldest of those whom no open invitation keeps.
    static func expiredInvitees(at now: Timestamp, limit: Int) -> SQLOperation<[User]> {
        SQLOperation(
            .read,
            .run(Statement(selectExpired, [.time(now), .int64(Int64(max(0, limit)))])) { (result) throws(StoreError) in
                var users: [User] = []
                for row in result.rows { users.append(try UserColumns.user(in: row)) }
                return .commit([], users.filter { $0.isRemovedWithInvitations([], at: now) })
            })
    }

    /// I9.
    static func removeExpiredInvitee(
        _ id: UserID, context: OperationContext
    ) -> SQLOperation<Committed<Bool>> {
        SQLOperation(
            .writeFeed,
            .run(lockedRows(of: id)) { (results) throws(StoreError) in
                let (user, invitations) = try userAndInvitations(in: results)
                return .commit(
                    StorePlan<Bool>.removeExpiredInvitee(user, invitations: invitations, context: context),
                    at: context.now)
            })
    }

    /// A8.
    static func purge(at now: Timestamp, _ limit: SQLValue) -> [Statement] {
        [Statement(deleteOld, [.time(now - Invitation.retention), limit])]
    }

    private static func lockedRows(of userID: UserID) -> [Statement] {
        [LockedRows.user(userID), Statement(selectLocked, [.id(userID)])]
    }

    private static func userAndInvitations(in results: [SQLResult]) throws(StoreError) -> (User?, [Invitation]) {
        guard results.count == 2 else { throw .corrupt("a statement gave no result") }
        return (try LockedRows.user(in: results[0]), try InvitationColumns.invitations(in: results[1]))
    }

    private static func invited(in result: SQLResult) throws(StoreError) -> [InvitedUser] {
        var invited: [InvitedUser] = []
        for row in result.rows {
            invited.append(
                InvitedUser(
                    try InvitationColumns.invitation(in: row),
                    of: try UserColumns.user(in: row, at: InvitationColumns.list.count)))
        }
        return invited
    }

    private static let selectLocked = SQL(
        joining: [
            "SELECT", .init(InvitationColumns.list), "FROM authd.invitations WHERE user_id = $1 ORDER BY id FOR UPDATE",
        ], isPermanent: true)

    private static let selectUser = SQL(
        joining: ["SELECT", .init(UserColumns.list), "FROM authd.users WHERE id = $1"], isPermanent: true)

    private static let selectInvited: [SQLFragment] = [
        "SELECT", InvitationColumns.list.qualified(by: "invitations"), ",", UserColumns.list.qualified(by: "users"),
        "FROM authd.invitations JOIN authd.users ON users.id = invitations.user_id",
    ]

    private static let selectByID = SQL(joining: selectInvited + ["WHERE invitations.id = $1"], isPermanent: true)

    // The conditions of `User.isRemovedWithInvitations`, so that no other rows fill the limit; the first three are those of the
    // partial index.
    private static let selectExpired = SQL(
        joining: [
            "SELECT", .init(UserColumns.list),
            """
            FROM authd.users WHERE origin = 'invited' AND email_verified_at_us IS NULL AND last_login_at_us IS NULL \
            AND email_key <> '' AND role <> 'admin' AND is_active AND banned_until_us IS NULL AND NOT is_anonymous \
            AND NOT EXISTS (SELECT 1 FROM authd.invitations WHERE invitations.user_id = users.id \
            AND state = 'pending' AND expires_at_us > $1) ORDER BY created_at_us, id LIMIT $2
            """,
        ], isPermanent: true)

    private static let deleteOld = SQL(
        joining: [
            """
            DELETE FROM authd.invitations WHERE (user_id, id) IN (SELECT user_id, id FROM authd.invitations \
            WHERE expires_at_us <= $1 ORDER BY expires_at_us LIMIT $2)
            """
        ], isPermanent: false)
}
