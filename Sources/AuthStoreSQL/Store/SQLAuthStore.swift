// SPDX-License-Identifier: Apache-2.0

public import AuthCore
public import AuthStore

/// The store on an SQL database: every operation is one program, run by a driver.
///
/// It does not migrate: whoever makes it sees to the schema with ``SchemaMigrator`` first.
public struct SQLAuthStore<Driver: SQLDriver>: AuthStore {
    /// What runs the operations.
    public let driver: Driver

    /// Makes a store over a driver, which it closes when it is closed.
    public init(_ driver: Driver) {
        self.driver = driver
    }

    public func checkHealth() async throws(StoreError) {
        if let trouble = driver.trouble { throw trouble }
        guard try await driver.perform(MigrationLedger.exists(in: driver.dialect)) else {
            throw .corrupt("there is no schema")
        }
        let entries = try await driver.perform(MigrationLedger.entries)
        let known = Migration.all(for: driver.dialect).map {
            MigrationLedger.Entry(version: $0.version, name: $0.name, checksum: $0.checksum)
        }
        guard entries == known else { throw .corrupt("the schema is not the one that this version knows") }
    }

    public func storeTime() async throws(StoreError) -> Timestamp? {
        switch driver.dialect {
        case .postgres: try await driver.perform(UpkeepOperations.serverTime)
        // The database is in this process, and so is its clock.
        case .sqlite: nil
        }
    }

    public func purge(
        expiredAt now: Timestamp, endedBefore horizon: Timestamp, limit: Int
    ) async throws(StoreError) -> Int {
        try await driver.perform(UpkeepOperations.purge(expiredAt: now, endedBefore: horizon, limit: limit))
    }

    public func close() async {
        await driver.close()
    }
}

extension SQLAuthStore {
    public func createUser(
        _ user: User, passwordHash: StoredPasswordHash?, action: AuditAction, context: OperationContext
    ) async throws(StoreError) -> UserCreation {
        try await driver.perform(
            UserOperations.create(user, passwordHash: passwordHash, action: action, context: context))
    }

    public func user(withID id: UserID) async throws(StoreError) -> User? {
        try await driver.perform(UserOperations.user(withID: id))
    }

    public func credential(for identifier: Identifier) async throws(StoreError) -> UserCredential? {
        try await driver.perform(UserOperations.credential(for: identifier))
    }

    public func credential(of id: UserID) async throws(StoreError) -> UserCredential? {
        try await driver.perform(UserOperations.credential(of: id))
    }

    public func changeProfile(
        of id: UserID, by change: ProfileChange, context: OperationContext
    ) async throws(StoreError) -> ProfileOutcome {
        try await driver.perform(UserOperations.changeProfile(of: id, by: change, context: context))
    }

    public func replacePassword(
        of id: UserID, _ replacement: PasswordReplacement, context: OperationContext
    ) async throws(StoreError) -> PasswordReplacementOutcome {
        try await driver.perform(PasswordOperations.replace(of: id, replacement, context: context))
    }

    public func rehashPassword(
        of id: UserID, from old: StoredPasswordHash, to new: StoredPasswordHash
    ) async throws(StoreError) -> Bool {
        try await driver.perform(PasswordOperations.rehash(of: id, from: old, to: new))
    }

    public func perform(
        _ act: AdministrativeAct, on id: UserID, context: OperationContext
    ) async throws(StoreError) -> AdministrationOutcome {
        try await driver.perform(AdministrationOperations.perform(act, on: id, context: context))
    }

    public func users(matching query: UserQuery) async throws(StoreError) -> UserPage {
        try await driver.perform(UserListOperations.page(query))
    }

    public func userCount() async throws(StoreError) -> Int64 {
        try await driver.perform(UserOperations.count)
    }

    public func passwordHashMix() async throws(StoreError) -> [PasswordHashShare] {
        try await driver.perform(PasswordOperations.mix)
    }
}

extension SQLAuthStore {
    public func openSession(
        _ session: Session, expecting epoch: UserEpoch, limit: SessionLimit?, replacing replaced: SessionID?,
        context: OperationContext
    ) async throws(StoreError) -> SessionOpening {
        if replaced == nil {
            let opening = try await driver.perform(
                SessionOperations.open(session, expecting: epoch, limit: limit, context: context))
            if let opening { return opening }
        }
        return try await driver.perform(
            SessionOperations.openDisplacing(
                session, expecting: epoch, limit: limit, replacing: replaced, context: context))
    }

    public func refresh(
        _ presented: RefreshPresentation, context: OperationContext
    ) async throws(StoreError) -> RefreshOutcome {
        switch try await driver.perform(RefreshOperations.rotate(presented, at: context.now)) {
        case .done(let outcome): return outcome
        case .undecided: break
        }
        switch try await driver.perform(RefreshOperations.decide(presented, context: context)) {
        case .done(let outcome): return outcome
        case .undecided: return try await driver.perform(RefreshOperations.decideAndEnd(presented, context: context))
        }
    }

    public func session(withID id: SessionID) async throws(StoreError) -> Session? {
        try await driver.perform(SessionOperations.session(withID: id))
    }

    public func sessions(of userID: UserID, aliveAt now: Timestamp) async throws(StoreError) -> [Session] {
        try await driver.perform(SessionOperations.sessions(of: userID, aliveAt: now))
    }

    public func sessionCount(usedSince since: Timestamp, aliveAt now: Timestamp) async throws(StoreError) -> Int64 {
        try await driver.perform(SessionOperations.count(usedSince: since, aliveAt: now))
    }

    public func endSession(
        _ id: SessionID, of userID: UserID, reason: SessionEnd, context: OperationContext
    ) async throws(StoreError) -> Bool {
        try await driver.perform(SessionOperations.end(id, of: userID, reason: reason, context: context))
    }

    public func endSessions(
        of userID: UserID, except kept: SessionID?, reason: SessionEnd, context: OperationContext
    ) async throws(StoreError) -> SessionsEnded {
        try await driver.perform(SessionOperations.endAll(of: userID, except: kept, reason: reason, context: context))
    }
}

extension SQLAuthStore {
    public func issueToken(
        _ token: OneTimeToken, isLimited: Bool, context: OperationContext
    ) async throws(StoreError) -> OneTimeTokenIssuance {
        try await driver.perform(OneTimeTokenOperations.issue(token, isLimited: isLimited, context: context))
    }

    public func oneTimeToken(withDigest digest: [UInt8]) async throws(StoreError) -> OneTimeToken? {
        try await driver.perform(OneTimeTokenOperations.token(withDigest: digest))
    }

    public func redeemPasswordReset(
        digest: [UInt8], newHash: StoredPasswordHash, context: OperationContext
    ) async throws(StoreError) -> RedemptionOutcome {
        try await driver.perform(
            OneTimeTokenOperations.redeem(digest, for: .passwordReset, newHash: newHash, context: context))
    }

    public func redeemEmailVerification(
        digest: [UInt8], context: OperationContext
    ) async throws(StoreError) -> RedemptionOutcome {
        try await driver.perform(
            OneTimeTokenOperations.redeem(digest, for: .emailVerification, newHash: nil, context: context))
    }
}

extension SQLAuthStore {
    public func signInBudgets(
        _ keys: [SignInBudgetKey]
    ) async throws(StoreError) -> [SignInBudgetKey: SignInBudget] {
        guard !keys.isEmpty else { return [:] }
        return try await driver.perform(SignInLimitOperations.budgets(keys))
    }

    public func noteSignInFailure(
        _ event: AuditEvent?, against keys: [SignInBudgetKey], counts: Bool, at now: Timestamp
    ) async throws(StoreError) {
        try await driver.perform(
            SignInLimitOperations.noteFailure(event, against: keys, counts: counts, at: now))
    }

    public func clearSignInBudget(_ key: SignInBudgetKey) async throws(StoreError) {
        try await driver.perform(SignInLimitOperations.clear(key))
    }
}

extension SQLAuthStore {
    public var isShared: Bool { driver.dialect.isShared }

    public func settle(_ uses: [SourceUse], at now: Timestamp) async throws(StoreError) -> [TokenBucket] {
        guard !uses.isEmpty else { return [] }
        return try await driver.perform(SourceLimitOperations.settle(uses, at: now))
    }
}

extension SQLAuthStore {
    public func signingKeys() async throws(StoreError) -> [StoredSigningKey] {
        try await driver.perform(SigningKeyOperations.keys)
    }

    public func updateSigningKeys(
        context: OperationContext, _ decide: @escaping @Sendable ([StoredSigningKey]) -> SigningKeyUpdate
    ) async throws(StoreError) -> [StoredSigningKey] {
        try await driver.perform(SigningKeyOperations.update(context: context, decide))
    }

    public func rootKeyCheck(orStore value: [UInt8]) async throws(StoreError) -> [UInt8] {
        try await driver.perform(SigningKeyOperations.rootKeyCheck(orStore: value))
    }

    public func replaceRootKeyCheck(_ old: [UInt8], by new: [UInt8]) async throws(StoreError) -> Bool {
        try await driver.perform(SigningKeyOperations.replaceRootKeyCheck(old, by: new))
    }
}

extension SQLAuthStore {
    public func changeSnapshot(since: Timestamp) async throws(StoreError) -> ChangeSnapshot {
        try await driver.perform(FeedOperations.snapshot(since: since))
    }

    public func changes(after cursor: Int64, limit: Int) async throws(StoreError) -> [StoreChange] {
        try await driver.perform(FeedOperations.changes(after: cursor, limit: limit))
    }

    public func changeSignals() -> AsyncStream<Void> {
        driver.changeSignals()
    }
}

extension SQLAuthStore {
    public func record(_ events: [AuditEvent]) async throws(StoreError) {
        guard !events.isEmpty else { return }
        try await driver.perform(AuditOperations.record(events))
    }

    public func auditEvents(matching query: AuditQuery) async throws(StoreError) -> [StoredAuditEvent] {
        try await driver.perform(AuditOperations.events(query))
    }

    public func sealAudit(
        limit: Int, _ seal: @escaping @Sendable (AuditLink, [StoredAuditEvent]) -> [AuditSeal]
    ) async throws(StoreError) -> Int {
        // Asked first without any lock: most of the time there is nothing.
        guard try await driver.perform(AuditSealOperations.hasUnsealed) else { return 0 }
        return try await driver.perform(AuditSealOperations.seal(limit: limit, seal))
    }

    public func auditSealState() async throws(StoreError) -> AuditSealState {
        try await driver.perform(AuditSealOperations.state)
    }

    public func sealedAuditEntries(after sequence: Int64, limit: Int) async throws(StoreError) -> [AuditEntry] {
        try await driver.perform(AuditSealOperations.entries(after: sequence, limit: limit))
    }

    public func storeAuditCheckpoint(_ checkpoint: AuditCheckpoint) async throws(StoreError) -> Bool {
        try await driver.perform(AuditSealOperations.store(checkpoint))
    }

    public func auditCheckpoints(after sequence: Int64, limit: Int) async throws(StoreError) -> [AuditCheckpoint] {
        try await driver.perform(AuditSealOperations.checkpoints(after: sequence, limit: limit))
    }

    public func eraseAuditPayload(of userID: UserID, context: OperationContext) async throws(StoreError) -> Int {
        try await driver.perform(AuditOperations.erasePayload(of: userID, context: context))
    }
}
