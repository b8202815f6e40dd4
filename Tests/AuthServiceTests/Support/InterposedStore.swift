// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthStore
import Synchronization

/// A store in memory, in which a test does something right before or after an operation.
final class InterposedStore: AuthStore {
    /// The moments at which something can be done.
    enum Moment: Hashable, Sendable {
        case userRead
        case signingKeysUpdated
        case beforeSessionsEnd
    }

    typealias Interlude = @Sendable () async throws(StoreError) -> Void

    private let store = InMemoryAuthStore()
    private let interludes = Mutex<[Moment: Interlude]>([:])
    private let isFeedSilent = Atomic(false)
    private let ownTime = Mutex<Timestamp?>(nil)

    /// Gives the store a clock of its own, which stands still.
    func setClock(_ time: Timestamp?) {
        ownTime.withLock { $0 = time }
    }

    /// Lets nobody read the feed any more.
    func silenceFeed() {
        isFeedSilent.store(true, ordering: .sequentiallyConsistent)
    }

    /// Does something, once, at the next moment of a kind, while the caller of the operation waits.
    func atNext(_ moment: Moment, _ interlude: @escaping Interlude) {
        interludes.withLock { $0[moment] = interlude }
    }

    private func pause(at moment: Moment) async throws(StoreError) {
        if let interlude = interludes.withLock({ $0.removeValue(forKey: moment) }) { try await interlude() }
    }

    func user(withID id: UserID) async throws(StoreError) -> User? {
        let user = try await store.user(withID: id)
        try await pause(at: .userRead)
        return user
    }

    func updateSigningKeys(
        context: OperationContext, _ decide: @escaping @Sendable ([StoredSigningKey]) -> SigningKeyUpdate
    ) async throws(StoreError) -> Committed<[StoredSigningKey]> {
        let keys = try await store.updateSigningKeys(context: context, decide)
        try await pause(at: .signingKeysUpdated)
        return keys
    }

    func endSessions(
        of userID: UserID, except kept: SessionID?, reason: SessionEnd, context: OperationContext
    ) async throws(StoreError) -> Committed<SessionsEnded> {
        try await pause(at: .beforeSessionsEnd)
        return try await store.endSessions(of: userID, except: kept, reason: reason, context: context)
    }
}

/// Everything else passes through.
extension InterposedStore {
    func checkHealth() async throws(StoreError) { try await store.checkHealth() }

    func purge(expiredAt now: Timestamp, endedBefore horizon: Timestamp, limit: Int) async throws(StoreError) -> Int {
        try await store.purge(expiredAt: now, endedBefore: horizon, limit: limit)
    }

    func storeTime() async throws(StoreError) -> Timestamp? { ownTime.withLock { $0 } }

    func close() async { await store.close() }

    func createUser(
        _ user: User, passwordHash: StoredPasswordHash?, action: AuditAction, context: OperationContext
    ) async throws(StoreError) -> UserCreation {
        try await store.createUser(user, passwordHash: passwordHash, action: action, context: context)
    }

    func credential(for identifier: Identifier) async throws(StoreError) -> UserCredential? {
        try await store.credential(for: identifier)
    }

    func credential(of id: UserID) async throws(StoreError) -> UserCredential? { try await store.credential(of: id) }

    func changeProfile(
        of id: UserID, by change: ProfileChange, context: OperationContext
    ) async throws(StoreError) -> Committed<ProfileOutcome> {
        try await store.changeProfile(of: id, by: change, context: context)
    }

    func replacePassword(
        of id: UserID, _ replacement: PasswordReplacement, context: OperationContext
    ) async throws(StoreError) -> Committed<PasswordReplacementOutcome> {
        try await store.replacePassword(of: id, replacement, context: context)
    }

    func rehashPassword(
        of id: UserID, from old: StoredPasswordHash, to new: StoredPasswordHash
    ) async throws(StoreError) -> Bool {
        try await store.rehashPassword(of: id, from: old, to: new)
    }

    func perform(
        _ act: AdministrativeAct, on id: UserID, context: OperationContext
    ) async throws(StoreError) -> Committed<AdministrationOutcome> {
        try await store.perform(act, on: id, context: context)
    }

    func users(matching query: UserQuery) async throws(StoreError) -> UserPage {
        try await store.users(matching: query)
    }

    func userCount() async throws(StoreError) -> Int64 { try await store.userCount() }

    func passwordHashMix() async throws(StoreError) -> [PasswordHashShare] { try await store.passwordHashMix() }

    func openSession(
        _ session: Session, expecting epoch: UserEpoch, limit: SessionLimit?, replacing replaced: SessionID?,
        context: OperationContext
    ) async throws(StoreError) -> Committed<SessionOpening> {
        try await store.openSession(session, expecting: epoch, limit: limit, replacing: replaced, context: context)
    }

    func refresh(
        _ presented: RefreshPresentation, context: OperationContext
    ) async throws(StoreError) -> Committed<RefreshOutcome> {
        try await store.refresh(presented, context: context)
    }

    func sessionCount(usedSince since: Timestamp, aliveAt now: Timestamp) async throws(StoreError) -> Int64 {
        try await store.sessionCount(usedSince: since, aliveAt: now)
    }

    func session(withID id: SessionID) async throws(StoreError) -> Session? { try await store.session(withID: id) }

    func sessions(of userID: UserID, aliveAt now: Timestamp) async throws(StoreError) -> [Session] {
        try await store.sessions(of: userID, aliveAt: now)
    }

    func endSession(
        _ id: SessionID, of userID: UserID, reason: SessionEnd, context: OperationContext
    ) async throws(StoreError) -> Committed<Bool> {
        try await store.endSession(id, of: userID, reason: reason, context: context)
    }

    func issueToken(
        _ token: OneTimeToken, isLimited: Bool, context: OperationContext
    ) async throws(StoreError) -> OneTimeTokenIssuance {
        try await store.issueToken(token, isLimited: isLimited, context: context)
    }

    func oneTimeToken(withDigest digest: [UInt8]) async throws(StoreError) -> OneTimeToken? {
        try await store.oneTimeToken(withDigest: digest)
    }

    func redeemPasswordReset(
        digest: [UInt8], newHash: StoredPasswordHash, context: OperationContext
    ) async throws(StoreError) -> Committed<RedemptionOutcome> {
        try await store.redeemPasswordReset(digest: digest, newHash: newHash, context: context)
    }

    func redeemEmailVerification(
        digest: [UInt8], context: OperationContext
    ) async throws(StoreError) -> Committed<RedemptionOutcome> {
        try await store.redeemEmailVerification(digest: digest, context: context)
    }

    func signInBudgets(
        _ keys: [SignInBudgetKey]
    ) async throws(StoreError) -> [SignInBudgetKey: SignInBudget] { try await store.signInBudgets(keys) }

    func noteSignInFailure(
        _ event: AuditEvent?, against keys: [SignInBudgetKey], counts: Bool, at now: Timestamp
    ) async throws(StoreError) {
        try await store.noteSignInFailure(event, against: keys, counts: counts, at: now)
    }

    func clearSignInBudget(_ key: SignInBudgetKey) async throws(StoreError) {
        try await store.clearSignInBudget(key)
    }

    var isShared: Bool { store.isShared }

    func settle(_ uses: [SourceUse], at now: Timestamp) async throws(StoreError) -> [TokenBucket] {
        try await store.settle(uses, at: now)
    }

    func signingKeys() async throws(StoreError) -> [StoredSigningKey] { try await store.signingKeys() }

    func rootKeyCheck(orStore value: [UInt8]) async throws(StoreError) -> [UInt8] {
        try await store.rootKeyCheck(orStore: value)
    }

    func replaceRootKeyCheck(_ old: [UInt8], by new: [UInt8]) async throws(StoreError) -> Bool {
        try await store.replaceRootKeyCheck(old, by: new)
    }

    func changeSnapshot(since: Timestamp) async throws(StoreError) -> ChangeSnapshot {
        try await store.changeSnapshot(since: since)
    }

    func changes(after cursor: Int64, limit: Int) async throws(StoreError) -> [StoreChange] {
        guard !isFeedSilent.load(ordering: .sequentiallyConsistent) else { throw .unavailable("silent") }
        return try await store.changes(after: cursor, limit: limit)
    }

    func changeSignals() -> AsyncStream<Void> { store.changeSignals() }

    func record(_ events: [AuditEvent]) async throws(StoreError) { try await store.record(events) }

    func auditEvents(matching query: AuditQuery) async throws(StoreError) -> [StoredAuditEvent] {
        try await store.auditEvents(matching: query)
    }

    func sealAudit(
        limit: Int, _ seal: @escaping @Sendable (AuditLink, [StoredAuditEvent]) -> [AuditSeal]
    ) async throws(StoreError) -> Int {
        try await store.sealAudit(limit: limit, seal)
    }

    func auditSealState() async throws(StoreError) -> AuditSealState { try await store.auditSealState() }

    func sealedAuditEntries(after sequence: Int64, limit: Int) async throws(StoreError) -> [AuditEntry] {
        try await store.sealedAuditEntries(after: sequence, limit: limit)
    }

    func storeAuditCheckpoint(_ checkpoint: AuditCheckpoint) async throws(StoreError) -> Bool {
        try await store.storeAuditCheckpoint(checkpoint)
    }

    func auditCheckpoints(after sequence: Int64, limit: Int) async throws(StoreError) -> [AuditCheckpoint] {
        try await store.auditCheckpoints(after: sequence, limit: limit)
    }

    func eraseAuditPayload(of userID: UserID, context: OperationContext) async throws(StoreError) -> Int {
        try await store.eraseAuditPayload(of: userID, context: context)
    }
}
