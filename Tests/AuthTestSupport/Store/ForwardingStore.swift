// SPDX-License-Identifier: Apache-2.0

package import AuthCore
package import AuthStore

/// A store that hands every operation on to another one, but for those that the conforming type has itself.
package protocol ForwardingStore: AuthStore {
    associatedtype Base: AuthStore

    /// The store that does the work.
    var base: Base { get }
}

extension ForwardingStore {
    package func checkHealth() async throws(StoreError) { try await base.checkHealth() }

    package func purge(
        expiredAt now: Timestamp, endedBefore horizon: Timestamp, limit: Int
    ) async throws(StoreError) -> Int {
        try await base.purge(expiredAt: now, endedBefore: horizon, limit: limit)
    }

    package func storeTime() async throws(StoreError) -> Timestamp? { try await base.storeTime() }

    package func orphanCount() async throws(StoreError) -> Int { try await base.orphanCount() }

    package func close() async { await base.close() }

    package func user(withID id: UserID) async throws(StoreError) -> User? { try await base.user(withID: id) }

    package func createUser(
        _ user: User, passwordHash: StoredPasswordHash?, action: AuditAction, context: OperationContext
    ) async throws(StoreError) -> UserCreation {
        try await base.createUser(user, passwordHash: passwordHash, action: action, context: context)
    }

    package func credential(
        for identifier: Identifier, decoy: UserID
    ) async throws(StoreError) -> UserCredential? {
        try await base.credential(for: identifier, decoy: decoy)
    }

    package func credential(of id: UserID) async throws(StoreError) -> UserCredential? {
        try await base.credential(of: id)
    }

    package func changeProfile(
        of id: UserID, by change: ProfileChange, context: OperationContext
    ) async throws(StoreError) -> Committed<ProfileOutcome> {
        try await base.changeProfile(of: id, by: change, context: context)
    }

    package func replacePassword(
        of id: UserID, _ replacement: PasswordReplacement, context: OperationContext
    ) async throws(StoreError) -> Committed<PasswordReplacementOutcome> {
        try await base.replacePassword(of: id, replacement, context: context)
    }

    package func rehashPassword(
        of id: UserID, from old: StoredPasswordHash, to new: StoredPasswordHash
    ) async throws(StoreError) -> Bool {
        try await base.rehashPassword(of: id, from: old, to: new)
    }

    package func perform(
        _ action: AdministrativeAction, on id: UserID, context: OperationContext
    ) async throws(StoreError) -> Committed<AdministrationOutcome> {
        try await base.perform(action, on: id, context: context)
    }

    package func users(matching query: UserQuery) async throws(StoreError) -> UserPage {
        try await base.users(matching: query)
    }

    package func userCount() async throws(StoreError) -> Int64 { try await base.userCount() }

    package func passwordHashMix() async throws(StoreError) -> [PasswordHashShare] { try await base.passwordHashMix() }

    package func openSession(
        _ session: Session, expecting epoch: UserEpoch, limit: SessionLimit?, replacing replaced: SessionID?,
        context: OperationContext
    ) async throws(StoreError) -> Committed<SessionOpening> {
        try await base.openSession(session, expecting: epoch, limit: limit, replacing: replaced, context: context)
    }

    package func refresh(
        _ presented: RefreshPresentation, context: OperationContext
    ) async throws(StoreError) -> Committed<RefreshOutcome> {
        try await base.refresh(presented, context: context)
    }

    package func sessionCount(usedSince since: Timestamp, aliveAt now: Timestamp) async throws(StoreError) -> Int64 {
        try await base.sessionCount(usedSince: since, aliveAt: now)
    }

    package func session(_ id: SessionID, of userID: UserID) async throws(StoreError) -> Session? {
        try await base.session(id, of: userID)
    }

    package func sessions(of userID: UserID, aliveAt now: Timestamp) async throws(StoreError) -> [Session] {
        try await base.sessions(of: userID, aliveAt: now)
    }

    package func endSession(
        _ id: SessionID, of userID: UserID, reason: SessionEnd, context: OperationContext
    ) async throws(StoreError) -> Committed<Bool> {
        try await base.endSession(id, of: userID, reason: reason, context: context)
    }

    package func endSessions(
        of userID: UserID, except kept: SessionID?, reason: SessionEnd, context: OperationContext
    ) async throws(StoreError) -> Committed<SessionsEnded> {
        try await base.endSessions(of: userID, except: kept, reason: reason, context: context)
    }

    package func rememberSignIn(
        at digests: [[UInt8]], of userID: UserID, isExpected: Bool, context: OperationContext
    ) async throws(StoreError) -> Bool {
        try await base.rememberSignIn(at: digests, of: userID, isExpected: isExpected, context: context)
    }

    package func issueToken(
        _ token: OneTimeToken, isLimited: Bool, context: OperationContext
    ) async throws(StoreError) -> OneTimeTokenIssuance {
        try await base.issueToken(token, isLimited: isLimited, context: context)
    }

    package func oneTimeToken(_ key: OneTimeTokenKey) async throws(StoreError) -> OneTimeToken? {
        try await base.oneTimeToken(key)
    }

    package func redeemPasswordReset(
        _ key: OneTimeTokenKey, newHash: StoredPasswordHash, context: OperationContext
    ) async throws(StoreError) -> Committed<RedemptionOutcome> {
        try await base.redeemPasswordReset(key, newHash: newHash, context: context)
    }

    package func redeemEmailVerification(
        _ key: OneTimeTokenKey, context: OperationContext
    ) async throws(StoreError) -> Committed<RedemptionOutcome> {
        try await base.redeemEmailVerification(key, context: context)
    }

    package func signInBudgets(
        _ keys: [SignInBudgetKey]
    ) async throws(StoreError) -> [SignInBudgetKey: SignInBudget] { try await base.signInBudgets(keys) }

    package func noteSignInFailure(
        _ event: AuditEvent?, against keys: [SignInBudgetKey], counts: Bool, at now: Timestamp
    ) async throws(StoreError) {
        try await base.noteSignInFailure(event, against: keys, counts: counts, at: now)
    }

    package func clearSignInBudget(_ key: SignInBudgetKey) async throws(StoreError) {
        try await base.clearSignInBudget(key)
    }

    package var isShared: Bool { base.isShared }

    package func settle(_ uses: [SourceUse], at now: Timestamp) async throws(StoreError) -> [TokenBucket] {
        try await base.settle(uses, at: now)
    }

    package func updateSigningKeys(
        context: OperationContext, _ decide: @escaping @Sendable ([StoredSigningKey]) -> SigningKeyUpdate
    ) async throws(StoreError) -> Committed<[StoredSigningKey]> {
        try await base.updateSigningKeys(context: context, decide)
    }

    package func signingKeys() async throws(StoreError) -> [StoredSigningKey] { try await base.signingKeys() }

    package func rootKeyCheck(orStore value: [UInt8]) async throws(StoreError) -> [UInt8] {
        try await base.rootKeyCheck(orStore: value)
    }

    package func replaceRootKeyCheck(_ old: [UInt8], by new: [UInt8]) async throws(StoreError) -> Bool {
        try await base.replaceRootKeyCheck(old, by: new)
    }

    package func changeSnapshot(since: Timestamp) async throws(StoreError) -> ChangeSnapshot {
        try await base.changeSnapshot(since: since)
    }

    package func changes(after place: FeedPlace, limit: Int) async throws(StoreError) -> FeedContinuation {
        try await base.changes(after: place, limit: limit)
    }

    package func changeSignals() -> AsyncStream<Void> { base.changeSignals() }

    package func record(_ events: [AuditEvent]) async throws(StoreError) { try await base.record(events) }

    package func auditEvents(matching query: AuditQuery) async throws(StoreError) -> [StoredAuditEvent] {
        try await base.auditEvents(matching: query)
    }

    package func sealAudit(
        after head: AuditHead, limit: Int, _ seal: @escaping @Sendable ([StoredAuditEvent]) -> [AuditSeal]
    ) async throws(StoreError) -> AuditSealing {
        try await base.sealAudit(after: head, limit: limit, seal)
    }

    package func auditState() async throws(StoreError) -> AuditState { try await base.auditState() }

    package func unsealedAuditEventCount() async throws(StoreError) -> Int64 {
        try await base.unsealedAuditEventCount()
    }

    package func sealedAuditEntries(after sequence: Int64, limit: Int) async throws(StoreError) -> [AuditEntry] {
        try await base.sealedAuditEntries(after: sequence, limit: limit)
    }

    package func auditSegments() async throws(StoreError) -> [StoredAuditSegment?] { try await base.auditSegments() }

    package func openAuditSegment(
        _ segment: StoredAuditSegment, after head: AuditHead?, recording event: AuditEvent?
    ) async throws(StoreError) -> Bool {
        try await base.openAuditSegment(segment, after: head, recording: event)
    }

    package func resealAuditSegment(
        _ number: Int64, from old: [UInt8], to new: [UInt8]
    ) async throws(StoreError) -> Bool {
        try await base.resealAuditSegment(number, from: old, to: new)
    }

    package func auditCuts() async throws(StoreError) -> [SignedAuditCut?] { try await base.auditCuts() }

    package func cutAudit(
        _ cut: SignedAuditCut, after previous: Int64, recording event: AuditEvent
    ) async throws(StoreError) -> Int? {
        try await base.cutAudit(cut, after: previous, recording: event)
    }

    package func eraseAuditPayload(of userID: UserID, context: OperationContext) async throws(StoreError) -> Int {
        try await base.eraseAuditPayload(of: userID, context: context)
    }
}
