// SPDX-License-Identifier: Apache-2.0

public import AuthCore

/// A store that hands every operation on to another one, but for those that the conforming type has itself: the base of
/// decorators that count, trace, delay or refuse.
///
/// ```swift
/// struct TracingStore<Base: AuthStore>: ForwardingAuthStore {
///     let base: Base
///     func users(matching query: UserQuery) async throws(StoreError) -> UserPage {
///         try await withSpan("users") { () throws(StoreError) in try await base.users(matching: query) }
///     }
/// }
/// ```
///
/// A decorator answers for the clauses of ``AuthStore`` where it changes what an operation does; `StoreConformance` of
/// `AuthTesting` checks them.
public protocol ForwardingAuthStore: AuthStore {
    /// The type of ``base``.
    associatedtype Base: AuthStore

    /// The store that does the work.
    var base: Base { get }
}

extension ForwardingAuthStore {
    /// Forwarded.
    public func checkHealth() async throws(StoreError) { try await base.checkHealth() }

    /// Forwarded.
    public func schemaFault() async throws(StoreError) -> SchemaFault? { try await base.schemaFault() }

    /// Forwarded.
    public func purge(
        expiredAt now: Timestamp, endedBefore horizon: Timestamp, limit: Int
    ) async throws(StoreError) -> Int {
        try await base.purge(expiredAt: now, endedBefore: horizon, limit: limit)
    }

    /// Forwarded.
    public func storeTime() async throws(StoreError) -> Timestamp? { try await base.storeTime() }

    /// Forwarded.
    public func orphanCount() async throws(StoreError) -> Int { try await base.orphanCount() }

    /// Forwarded.
    public func close() async { await base.close() }

    /// Forwarded.
    public func user(withID id: UserID) async throws(StoreError) -> User? { try await base.user(withID: id) }

    /// Forwarded.
    public func createUser(
        _ user: User, passwordHash: StoredPasswordHash?, verification: MailedToken?, action: AuditAction,
        context: OperationContext
    ) async throws(StoreError) -> UserCreation {
        try await base.createUser(
            user, passwordHash: passwordHash, verification: verification, action: action, context: context)
    }

    /// Forwarded.
    public func credential(
        for identifier: Identifier, decoy: UserID
    ) async throws(StoreError) -> UserCredential? {
        try await base.credential(for: identifier, decoy: decoy)
    }

    /// Forwarded.
    public func credential(of id: UserID) async throws(StoreError) -> UserCredential? {
        try await base.credential(of: id)
    }

    /// Forwarded.
    public func changeProfile(
        of id: UserID, by change: ProfileChange, undo: AddressUndoOffer?, context: OperationContext
    ) async throws(StoreError) -> Committed<ProfileOutcome> {
        try await base.changeProfile(of: id, by: change, undo: undo, context: context)
    }

    /// Forwarded.
    public func replacePassword(
        of id: UserID, _ replacement: PasswordReplacement, context: OperationContext
    ) async throws(StoreError) -> Committed<PasswordReplacementOutcome> {
        try await base.replacePassword(of: id, replacement, context: context)
    }

    /// Forwarded.
    public func rehashPassword(
        of id: UserID, from old: StoredPasswordHash, to new: StoredPasswordHash
    ) async throws(StoreError) -> Bool {
        try await base.rehashPassword(of: id, from: old, to: new)
    }

    /// Forwarded.
    public func perform(
        _ action: AdministrativeAction, on id: UserID, reservingUsernameUntil reservation: Timestamp?,
        context: OperationContext
    ) async throws(StoreError) -> Committed<AdministrationOutcome> {
        try await base.perform(action, on: id, reservingUsernameUntil: reservation, context: context)
    }

    /// Forwarded.
    public func abandonedRegistrations(
        madeBefore cutoff: Timestamp, limit: Int
    ) async throws(StoreError) -> [User] {
        try await base.abandonedRegistrations(madeBefore: cutoff, limit: limit)
    }

    /// Forwarded.
    public func removeAbandonedRegistration(
        _ id: UserID, madeBefore cutoff: Timestamp, context: OperationContext
    ) async throws(StoreError) -> Committed<Bool> {
        try await base.removeAbandonedRegistration(id, madeBefore: cutoff, context: context)
    }

    /// Forwarded.
    public func hasAdministrator() async throws(StoreError) -> Bool { try await base.hasAdministrator() }

    /// Forwarded.
    public func createFirstAdministrator(
        _ user: User, passwordHash: StoredPasswordHash, verification: MailedToken?, context: OperationContext
    ) async throws(StoreError) -> FirstAdministratorCreation {
        try await base.createFirstAdministrator(
            user, passwordHash: passwordHash, verification: verification, context: context)
    }

    /// Forwarded.
    public func users(matching query: UserQuery) async throws(StoreError) -> UserPage {
        try await base.users(matching: query)
    }

    /// Forwarded.
    public func userCount() async throws(StoreError) -> Int64 { try await base.userCount() }

    /// Forwarded.
    public func passwordHashMix() async throws(StoreError) -> [PasswordHashShare] { try await base.passwordHashMix() }

    /// Forwarded.
    public func openSession(
        _ session: Session, expecting epoch: UserEpoch, limit: SessionLimit?, replacing replaced: SessionID?,
        context: OperationContext
    ) async throws(StoreError) -> Committed<SessionOpening> {
        try await base.openSession(session, expecting: epoch, limit: limit, replacing: replaced, context: context)
    }

    /// Forwarded.
    public func refresh(
        _ presented: RefreshPresentation, context: OperationContext
    ) async throws(StoreError) -> Committed<RefreshOutcome> {
        try await base.refresh(presented, context: context)
    }

    /// Forwarded.
    public func sessionCount(usedSince since: Timestamp, aliveAt now: Timestamp) async throws(StoreError) -> Int64 {
        try await base.sessionCount(usedSince: since, aliveAt: now)
    }

    /// Forwarded.
    public func session(_ id: SessionID, of userID: UserID) async throws(StoreError) -> Session? {
        try await base.session(id, of: userID)
    }

    /// Forwarded.
    public func sessions(of userID: UserID, aliveAt now: Timestamp) async throws(StoreError) -> [Session] {
        try await base.sessions(of: userID, aliveAt: now)
    }

    /// Forwarded.
    public func endSession(
        _ id: SessionID, of userID: UserID, reason: SessionEnd, context: OperationContext
    ) async throws(StoreError) -> Committed<Bool> {
        try await base.endSession(id, of: userID, reason: reason, context: context)
    }

    /// Forwarded.
    public func endSessions(
        of userID: UserID, except kept: SessionID?, reason: SessionEnd, context: OperationContext
    ) async throws(StoreError) -> Committed<SessionsEnded> {
        try await base.endSessions(of: userID, except: kept, reason: reason, context: context)
    }

    /// Forwarded.
    public func rememberSignIn(
        at digests: [[UInt8]], of userID: UserID, isExpected: Bool, context: OperationContext
    ) async throws(StoreError) -> Bool {
        try await base.rememberSignIn(at: digests, of: userID, isExpected: isExpected, context: context)
    }

    /// Forwarded.
    public func reauthenticate(
        _ id: SessionID, of userID: UserID, by proof: ReauthenticationProof, context: OperationContext
    ) async throws(StoreError) -> Committed<ReauthenticationOutcome> {
        try await base.reauthenticate(id, of: userID, by: proof, context: context)
    }

    /// Forwarded.
    public func signInBudgets(
        _ keys: [SignInBudgetKey]
    ) async throws(StoreError) -> [SignInBudgetKey: SignInBudget] { try await base.signInBudgets(keys) }

    /// Forwarded.
    public func noteSignInFailure(
        _ event: AuditEvent?, against keys: [SignInBudgetKey], counts: Bool, at now: Timestamp
    ) async throws(StoreError) {
        try await base.noteSignInFailure(event, against: keys, counts: counts, at: now)
    }

    /// Forwarded.
    public func clearSignInBudget(_ key: SignInBudgetKey) async throws(StoreError) {
        try await base.clearSignInBudget(key)
    }

    /// Forwarded.
    public var isShared: Bool { base.isShared }

    /// Forwarded.
    public func settle(_ uses: [SourceUse], at now: Timestamp) async throws(StoreError) -> [TokenBucket] {
        try await base.settle(uses, at: now)
    }

    /// Forwarded.
    public func updateSigningKeys(
        context: OperationContext, _ decide: @escaping @Sendable ([StoredSigningKey]) -> SigningKeyUpdate
    ) async throws(StoreError) -> Committed<[StoredSigningKey]> {
        try await base.updateSigningKeys(context: context, decide)
    }

    /// Forwarded.
    public func signingKeys() async throws(StoreError) -> [StoredSigningKey] { try await base.signingKeys() }

    /// Forwarded.
    public func rootKeyCheck(orStore value: [UInt8]) async throws(StoreError) -> [UInt8] {
        try await base.rootKeyCheck(orStore: value)
    }

    /// Forwarded.
    public func replaceRootKeyCheck(_ old: [UInt8], by new: [UInt8]) async throws(StoreError) -> Bool {
        try await base.replaceRootKeyCheck(old, by: new)
    }

    /// Forwarded.
    public func roles() async throws(StoreError) -> [StoredRole] { try await base.roles() }

    /// Forwarded.
    public func changeRoles(
        by change: RoleChange, under rules: RoleRules, context: OperationContext
    ) async throws(StoreError) -> Committed<RoleChangeOutcome> {
        try await base.changeRoles(by: change, under: rules, context: context)
    }

    /// Forwarded.
    public func changeSnapshot(since: Timestamp) async throws(StoreError) -> ChangeSnapshot {
        try await base.changeSnapshot(since: since)
    }

    /// Forwarded.
    public func changes(after place: FeedPlace, limit: Int) async throws(StoreError) -> FeedContinuation {
        try await base.changes(after: place, limit: limit)
    }

    /// Forwarded.
    public func changeSignals() -> AsyncStream<Void> { base.changeSignals() }

    /// Forwarded.
    public func record(_ events: [AuditEvent]) async throws(StoreError) { try await base.record(events) }

    /// Forwarded.
    public func auditEvents(matching query: AuditQuery) async throws(StoreError) -> [StoredAuditEvent] {
        try await base.auditEvents(matching: query)
    }

    /// Forwarded.
    public func sealAudit(
        after head: AuditHead, limit: Int, _ seal: @escaping @Sendable ([StoredAuditEvent]) -> [AuditSeal]
    ) async throws(StoreError) -> AuditSealing {
        try await base.sealAudit(after: head, limit: limit, seal)
    }

    /// Forwarded.
    public func auditState() async throws(StoreError) -> AuditState { try await base.auditState() }

    /// Forwarded.
    public func unsealedAuditEventCount() async throws(StoreError) -> Int64 {
        try await base.unsealedAuditEventCount()
    }

    /// Forwarded.
    public func sealedAuditEntries(after sequence: Int64, limit: Int) async throws(StoreError) -> [AuditEntry] {
        try await base.sealedAuditEntries(after: sequence, limit: limit)
    }

    /// Forwarded.
    public func auditSegments() async throws(StoreError) -> [StoredAuditSegment?] { try await base.auditSegments() }

    /// Forwarded.
    public func openAuditSegment(
        _ segment: StoredAuditSegment, after head: AuditHead?, recording event: AuditEvent?
    ) async throws(StoreError) -> Bool {
        try await base.openAuditSegment(segment, after: head, recording: event)
    }

    /// Forwarded.
    public func resealAuditSegment(
        _ number: Int64, from old: [UInt8], to new: [UInt8]
    ) async throws(StoreError) -> Bool {
        try await base.resealAuditSegment(number, from: old, to: new)
    }

    /// Forwarded.
    public func auditCuts() async throws(StoreError) -> [SignedAuditCut?] { try await base.auditCuts() }

    /// Forwarded.
    public func cutAudit(
        _ cut: SignedAuditCut, after previous: Int64, recording event: AuditEvent
    ) async throws(StoreError) -> Int? {
        try await base.cutAudit(cut, after: previous, recording: event)
    }

    /// Forwarded.
    public func eraseAuditPayload(of userID: UserID, context: OperationContext) async throws(StoreError) -> Int {
        try await base.eraseAuditPayload(of: userID, context: context)
    }

    /// Forwarded.
    public func enqueue(
        _ entry: OutboxEntry, recording event: AuditEvent?, context: OperationContext
    ) async throws(StoreError) -> Bool {
        try await base.enqueue(entry, recording: event, context: context)
    }

    /// Forwarded.
    public func claimOutbox(
        _ lane: OutboxLane, destination: String, limit: Int, lease: OutboxLease, context: OperationContext
    ) async throws(StoreError) -> [OutboxRow] {
        try await base.claimOutbox(lane, destination: destination, limit: limit, lease: lease, context: context)
    }

    /// Forwarded.
    public func settleOutbox(
        _ key: OutboxKey, lease: OutboxLease, _ result: OutboxResult, context: OperationContext
    ) async throws(StoreError) -> OutboxSettlement {
        try await base.settleOutbox(key, lease: lease, result, context: context)
    }

    /// Forwarded.
    public func outboxRows(matching query: OutboxQuery) async throws(StoreError) -> [OutboxRow] {
        try await base.outboxRows(matching: query)
    }

    /// Forwarded.
    public func retryOutboxRow(_ key: OutboxKey, context: OperationContext) async throws(StoreError) -> Bool {
        try await base.retryOutboxRow(key, context: context)
    }

    /// Forwarded.
    public func dropOutboxRow(_ key: OutboxKey, context: OperationContext) async throws(StoreError) -> Bool {
        try await base.dropOutboxRow(key, context: context)
    }

    /// Forwarded.
    public func outboxDepths() async throws(StoreError) -> [OutboxDepth] { try await base.outboxDepths() }
}
