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
    var reservedIdentifiers: [IdentifierKey: Timestamp] = [:]
    var passwords: [UserID: StoredPasswordHash] = [:]
    var sessions: [SessionID: Session] = [:]
    var sessionsOfUser: [UserID: Set<SessionID>] = [:]
    var places: [UserID: [RememberedPlace]] = [:]
    var tokens: [OneTimeTokenKey: OneTimeToken] = [:]
    var addressChanges: [UserID: [StoredAddressChange]] = [:]
    var flows: [FlowID: MailedFlow] = [:]
    var mailBudgets: [MailBudgetKey: MailBudget] = [:]
    var mailRequests: [Int64: MailRequestRow] = [:]
    var lastMailRequestNumber: Int64 = 0
    var invitations: [InvitationID: Invitation] = [:]
    var identities: [IdentityID: Identity] = [:]
    var providerCodes: [[UInt8]: ProviderCode] = [:]
    var parkedCallbacks: [[UInt8]: ParkedCallback] = [:]
    var spentValues: [[UInt8]: Timestamp] = [:]
    var supabase = SupabaseState()
    var budgets: [SignInBudgetKey: SignInBudget] = [:]
    var buckets: [[UInt8]: TokenBucket] = [:]
    var keys: [StoredSigningKey] = []
    var rootKeyCheck: [UInt8]?
    var roles: [Role: StoredRole] = [:]
    var changes: [StoreChange] = []
    var lastCursor: Int64 = 0
    var audit: [StoredAuditEvent] = []
    var lastAuditCursor: Int64 = 0
    var auditHead = AuditHead.start
    var auditSegments: [StoredAuditSegment] = []
    var auditCuts: [SignedAuditCut] = []
    var outbox: [Int64: OutboxRow] = [:]
    var lastOutboxNumber: Int64 = 0
    var isClosed = false

    /// Carries out all writes of a plan.
    ///
    /// - Throws: `.conflict`, before anything is written, where a session, a token, a flow or a code with the new one's id exists,
    ///   or another identity with the issuer and subject of a new one.
    mutating func apply<Outcome>(
        _ plan: StorePlan<Outcome>, at now: Timestamp
    ) throws(StoreError) -> Committed<Outcome> {
        for write in plan.writes {
            if case .openSession(let session) = write, sessions[session.id] != nil { throw .conflict }
            if case .issueToken(let token) = write, tokens[token.key] != nil { throw .conflict }
            if case .putFlow(let flow) = write, flows[flow.id] != nil { throw .conflict }
            if case .putIdentity(let identity) = write, isTaken(identity) { throw .conflict }
            if case .putSupabaseCode(let code) = write, supabase.codes[code.digest] != nil { throw .conflict }
        }
        for write in plan.writes { apply(write, at: now) }
        return plan.committed
    }

    private mutating func apply(_ write: StoreWrite, at now: Timestamp) {
        switch write {
        case .updateUser(let user), .recordSignIn(let user): users[user.id] = user
        // The user record has the time of verification, and the count is that of the users.
        case .proveAddress, .changeUserCount: break
        case .removeUser(let user): remove(user)
        case .forgetUser(let id): forget(id)
        case .reserveIdentifier(let identifier, let end): reservedIdentifiers[IdentifierKey(identifier)] = end
        case .releaseIdentifier(let identifier, let end): release(identifier, reservedUntil: end)
        case .putAddressChange(let change): put(change)
        case .removeAddressChange(let id, let number): removeAddressChange(of: id, number: number)
        case .storeHash(let hash, let id): passwords[id] = hash
        case .removeHash(let id): passwords[id] = nil
        case .openSession(let session):
            sessions[session.id] = session
            sessionsOfUser[session.userID, default: []].insert(session.id)
        case .updateSession(let session): sessions[session.id] = session
        case .renewSession(let session):
            sessions[session.id]?.authenticatedAt = session.authenticatedAt
            sessions[session.id]?.methods = session.methods
        case .endSessions(let id, let kept, let end):
            for other in open(of: id) where other != kept { sessions[other]?.ended = end }
        case .voidTokens(let id, let purpose): voidTokens(of: id, purpose, at: now)
        case .voidToken(let key): voidToken(key, at: now)
        case .extendToken(let key, let instant): extendToken(key, until: instant)
        case .putFlow(let flow): flows[flow.id] = flow
        case .countWrongCode(let id): flows[id]?.wrongCodes += 1
        case .putMailBudget(let key, let budget): mailBudgets[key] = budget
        case .removeMailRequest(let number): mailRequests[number] = nil
        case .issueToken(let token): issue(token, at: now)
        case .putInvitation(let invitation): invitations[invitation.id] = invitation
        case .putIdentity(let identity): identities[identity.id] = identity
        case .removeIdentity(let userID, let id): removeIdentities(of: userID) { $0.id == id }
        case .removeUnboundIdentities(let userID): removeIdentities(of: userID) { !$0.isBound }
        case .removeIdentities(let userID, let instant): removeIdentities(of: userID) { instant <= $0.createdAt }
        case .bindIdentities(let userID): bindIdentities(of: userID, true)
        case .unbindIdentities(let userID): bindIdentities(of: userID, false)
        case .removeProviderCode(let digest): providerCodes[digest] = nil
        case .countWrongVerifier(let digest): providerCodes[digest]?.wrongVerifiers += 1
        case .freeIdentifiers(let user):
            for identifier in user.identifiers { identifiers[IdentifierKey(identifier)] = nil }
        case .putSupabaseCode(let code): supabase.codes[code.digest] = code
        case .removeSupabaseCode(let digest): supabase.codes[digest] = nil
        case .removeSupabaseCodes(let id): supabase.removeCodes(of: id)
        case .countWrongSupabaseVerifier(let digest): supabase.codes[digest]?.wrongVerifiers += 1
        case .putAddressConfirmation(let confirmation): supabase.confirmations[confirmation.userID] = confirmation
        case .removeAddressConfirmation(let id): supabase.confirmations[id] = nil
        case .putSupabaseBudget(let key, let budget): supabase.budgets[key] = budget
        case .voidCode(let id): flows[id]?.wrongCodes = MailedFlow.wrongCodesAllowed
        case .putSupabaseKey(let key): supabase.keys[key.id] = key
        case .noteSupabaseKeyUse(let id, let instant): supabase.noteUse(of: id, at: instant)
        case .putKey(let key): keys = SigningKeyUpdate(put: [key], remove: []).applied(to: keys)
        case .removeKey(let id): keys.removeAll { $0.id == id }
        case .putRole(let role): roles[role.role] = role
        case .removeRole(let role): roles[role] = nil
        case .appendChange(let change): append(change, at: now)
        case .appendAudit(let event): append(event)
        case .enqueue(let entry): enqueue(entry)
        case .updateOutboxRow(let row): outbox[row.number] = row
        case .removeOutboxRow(let key): outbox[key.number] = nil
        }
    }

    /// The sessions of a user that have not ended, in the order of their ids.
    func open(of userID: UserID) -> [SessionID] {
        (sessionsOfUser[userID] ?? []).filter { id in sessions[id].map { $0.ended == nil } ?? false }.sorted()
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
        lastAuditCursor += 1
        audit.append(StoredAuditEvent(cursor: lastAuditCursor, event: event))
    }

    private mutating func remove(_ user: User) {
        let userID = user.id
        for identifier in user.identifiers { identifiers[IdentifierKey(identifier)] = nil }
        users[userID] = nil
        passwords[userID] = nil
        for id in sessionsOfUser.removeValue(forKey: userID) ?? [] { sessions[id] = nil }
        forget(userID)
        tokens = tokens.filter { _, token in token.userID != userID }
        mailBudgets = mailBudgets.filter { key, _ in key.userID != userID }
        removeIdentities(of: userID) { _ in true }
        supabase.remove(of: userID)
    }

    /// What a deletion removes whether or not it keeps the row.
    private mutating func forget(_ userID: UserID) {
        places[userID] = nil
        addressChanges[userID] = nil
        flows = flows.filter { _, flow in flow.token?.userID != userID }
        mailRequests = mailRequests.filter { _, row in row.request.userID != userID }
        invitations = invitations.filter { _, invitation in invitation.userID != userID }
        removeProviderCodes(of: userID)
        outbox = outbox.filter { _, row in row.entry.userID != userID || row.entry.lane == .event }
    }

    private mutating func issue(_ token: OneTimeToken, at now: Timestamp) {
        tokens = tokens.filter { _, stored in
            stored.userID != token.userID || stored.purpose != token.purpose
                || !stored.isSpare(besideTokenFor: token.address, at: now)
        }
        tokens[token.key] = token
    }
}
