// SPDX-License-Identifier: Apache-2.0

import AuthCore

/// All that an ``InMemoryAuthStore`` keeps: a value, changed only by whole operations.
struct InMemoryState: Sendable {
    struct IdentifierKey: Hashable, Sendable {
        let kind: IdentifierKind
        let canonical: String
    }

    var users: [UserID: User] = [:]
    var identifiers: [IdentifierKey: UserID] = [:]
    var passwords: [UserID: StoredPasswordHash] = [:]
    var sessions: [SessionID: Session] = [:]
    var sessionsOfUser: [UserID: Set<SessionID>] = [:]
    var tokens: [[UInt8]: OneTimeToken] = [:]
    var budgets: [SignInBudgetKey: SignInBudget] = [:]
    var buckets: [[UInt8]: TokenBucket] = [:]
    var keys: [StoredSigningKey] = []
    var rootKeyCheck: [UInt8]?
    var changes: [StoreChange] = []
    var lastCursor: Int64 = 0
    var audit: [StoredAuditEvent] = []
    var auditHead = AuditLink.start
    var auditCheckpoints: [AuditCheckpoint] = []
    var isClosed = false

    /// Carries out all that a plan writes.
    ///
    /// - Throws: `.conflict`, before anything is written, where a session or a token with the new one's id exists.
    mutating func apply<Outcome>(_ plan: StorePlan<Outcome>, at now: Timestamp) throws(StoreError) {
        if let session = plan.openedSession, sessions[session.id] != nil { throw .conflict }
        if let token = plan.issuedToken, tokens[token.digest] != nil { throw .conflict }
        if let user = plan.removedUser { remove(user) }
        if let user = plan.writtenUser { users[user.id] = user }
        if let user = plan.writtenLogin { users[user.id] = user }
        if let written = plan.writtenHash { passwords[written.userID] = written.hash }
        if let session = plan.writtenSession { sessions[session.id] = session }
        if let ended = plan.endedSessions { _ = end(ended) }
        for session in plan.displacedSessions { sessions[session.id] = session }
        if let voided = plan.voidedTokens {
            tokens = tokens.filter { _, token in
                token.userID != voided.userID || voided.purpose.map { $0 != token.purpose } ?? false
            }
        }
        if let session = plan.openedSession {
            sessions[session.id] = session
            sessionsOfUser[session.userID, default: []].insert(session.id)
        }
        if let token = plan.issuedToken { issue(token, at: now) }
        for change in plan.changes { append(change, at: now) }
        for event in plan.audit { append(event) }
    }

    /// Ends sessions that have not ended.
    ///
    /// - Returns: Which ones, in the order of their ids.
    mutating func end(_ ended: EndedSessions) -> [SessionID] {
        var ids: [SessionID] = []
        for id in (sessionsOfUser[ended.userID] ?? []).sorted() where id != ended.kept {
            guard var session = sessions[id], session.ended == nil else { continue }
            session.ended = ended.end
            sessions[id] = session
            ids.append(id)
        }
        return ids
    }

    /// The sessions of a user that have neither ended nor expired, in no order.
    func alive(of userID: UserID, at now: Timestamp) -> [Session] {
        (sessionsOfUser[userID] ?? []).compactMap { sessions[$0] }.filter { $0.ended == nil && now < $0.expiresAt }
    }

    mutating func append(_ change: StoreChange.Kind, at now: Timestamp) {
        lastCursor += 1
        changes.append(StoreChange(cursor: lastCursor, at: now, kind: change))
    }

    mutating func append(_ event: AuditEvent) {
        audit.append(StoredAuditEvent(cursor: Int64(audit.count) + 1, event: event))
    }

    private mutating func remove(_ user: User) {
        users[user.id] = nil
        passwords[user.id] = nil
        identifiers = identifiers.filter { _, holder in holder != user.id }
        for id in sessionsOfUser.removeValue(forKey: user.id) ?? [] { sessions[id] = nil }
        tokens = tokens.filter { _, token in token.userID != user.id }
    }

    private mutating func issue(_ token: OneTimeToken, at now: Timestamp) {
        tokens = tokens.filter { _, stored in
            stored.userID != token.userID || stored.purpose != token.purpose
                || !OneTimeTokenBudget.isSpare(stored, besideTokenFor: token.address, at: now)
        }
        tokens[token.digest] = token
    }
}
