// SPDX-License-Identifier: Apache-2.0

public import AuthCore
public import AuthCrypto
public import AuthStore
import AuthTokens

/// The whole system without a wire: every use case as a function, for an adapter or an embedding service to call.
///
/// One value serves a process. Its use cases may be called from anywhere at once; what must not interleave is decided in
/// the store's transactions. Each use case is a file of its own beside this one.
///
/// Besides calling ``start()`` once, run ``run()`` for as long as the service lives: it follows the change feed, rotates
/// keys, sends mail, seals the audit log and removes what has expired.
public final class AuthService: Sendable {
    /// What the operator decided.
    public let settings: AuthSettings
    /// Who may do what.
    public let policy: AccessPolicy

    let store: any AuthStore
    let hashing: any PasswordHashing
    let breachedPasswords: (any BreachedPasswordChecking)?
    let mailer: (any MailSending)?
    let clock: any WallClock
    let bootClock: any BootClock
    let random: any RandomSource
    let observe: @Sendable (ServiceEvent) -> Void

    let keys: TokenKeys
    let refreshTokens: RefreshTokens
    let oneTimeSecrets: OneTimeSecrets
    let addressProposals: AddressProposals
    let dummies: DummyPasswords
    let devices: DeviceTokens
    let limits: SignInLimits
    let sourceDigest: HMACSHA256
    let sprayWatch: SprayDetector
    let directory: UserDirectory
    let tail: ChangeTail
    let staleness = StalenessCounters()
    let clockGuard: ClockGuard
    let principals: PrincipalCache
    let mails: DeferredQueue
    /// Where notices of what was done wait, apart from what strangers ask for.
    let notices: DeferredQueue
    let mailLosses: MailLosses
    let refusals: RefusalLog
    let auditChain: AuditChain
    let auditCheckpoints: AuditCheckpointKeys

    /// Puts a service together.
    ///
    /// Nothing is read or written before ``start()``.
    ///
    /// - Parameters:
    ///   - breachedPasswords: What new passwords are looked up in besides the policy's own list; `nil` for nothing.
    ///   - rootKeys: The current root key first, then earlier ones whose secrets are still read.
    ///   - signing: How access tokens are signed.
    ///   - mailer: `nil` where no mail can be sent; use cases that need it then throw `.mailUnavailable`.
    ///   - clock: What is stored and signed bears its time.
    ///   - bootClock: What durations are measured by. Only tests need another than the machine's own, and then one that goes
    ///     on with `clock`.
    ///   - observe: Told of what an operator should see and a caller must not; called on any thread, and must not block.
    /// - Throws: `CryptoError` where no key can be derived.
    public init(
        settings: AuthSettings, store: any AuthStore, hashing: any PasswordHashing,
        breachedPasswords: (any BreachedPasswordChecking)? = nil, rootKeys: RootKeys, signing: TokenSigning,
        mailer: (any MailSending)? = nil, clock: any WallClock = SystemClock(),
        bootClock: any BootClock = SystemClock(), random: any RandomSource = SystemRandom(),
        observe: @escaping @Sendable (ServiceEvent) -> Void = { _ in }
    ) throws(CryptoError) {
        let current = try DerivedKeys(root: rootKeys.current)
        var previous: [DerivedKeys] = []
        for root in rootKeys.previous { previous.append(try DerivedKeys(root: root)) }
        self.settings = settings
        self.store = store
        self.hashing = hashing
        self.breachedPasswords = breachedPasswords
        self.mailer = mailer
        self.clock = clock
        self.bootClock = bootClock
        clockGuard = ClockGuard(at: ClockReading(wall: clock.now, boot: bootClock.sinceBoot))
        self.random = random
        self.observe = observe
        policy = AccessPolicy(roles: settings.roles)
        refreshTokens = RefreshTokens(current: current[.refreshToken], previous: previous.map { $0[.refreshToken] })
        oneTimeSecrets = OneTimeSecrets(current: current[.oneTimeToken], previous: previous.map { $0[.oneTimeToken] })
        addressProposals = AddressProposals(
            current: current[.oneTimeToken], previous: previous.map { $0[.oneTimeToken] })
        devices = DeviceTokens(current: current[.deviceToken], previous: previous.map { $0[.deviceToken] })
        limits = SignInLimits(key: current[.limiterDigest])
        sourceDigest = HMACSHA256(key: current[.sourceDigest])
        sprayWatch = SprayDetector(key: current[.identifierDigest])
        dummies = DummyPasswords(key: current[.dummyHash], parameters: hashing.parameters)
        directory = UserDirectory(capacity: settings.cacheCapacity, clock: bootClock)
        tail = ChangeTail()
        principals = PrincipalCache(capacity: settings.cacheCapacity)
        let jitter: @Sendable () -> Duration = {
            // Up to a second.
            .microseconds(15 * random.bytes(count: 2).reduce(0) { $0 << 8 | Int($1) })
        }
        let refusals = RefusalLog()
        let losses = MailLosses(refusals: refusals, observe: observe)
        self.refusals = refusals
        mailLosses = losses
        mails = DeferredQueue(capacity: 1_000, jitter: jitter) { losses.note($0, $1) }
        notices = DeferredQueue(capacity: 1_000, sharePerUser: 5, concurrency: 1, jitter: jitter) {
            losses.note($0, $1)
        }
        auditChain = AuditChain { SHA256.digest($0) }
        auditCheckpoints = AuditCheckpointKeys(
            current: current[.auditCheckpoint], previous: previous.map { $0[.auditCheckpoint] })
        keys = TokenKeys(
            signing: signing, settings: settings,
            rootKeyChecks: RootKeyChecks(current: current, previous: previous),
            sealer: Sealer(current: current[.sealing], previous: previous.map { $0[.sealing] }), store: store,
            random: random, observe: observe)
    }
}

/// The root keys of a process.
public struct RootKeys: Sendable {
    /// The one that everything new is made under.
    public let current: RootKey
    /// Earlier ones, read-only.
    public let previous: [RootKey]

    /// Names the keys.
    public init(current: RootKey, previous: [RootKey] = []) {
        self.current = current
        self.previous = previous
    }
}

/// Who is calling over the wire, as far as the adapter knows.
public struct ClientContext: Hashable, Sendable {
    /// The client's address as text.
    public var source: String?
    /// The addresses that one subscriber holds, as text: an IPv4 address, or the first 64 bits of an IPv6 address.
    ///
    /// Limits count it as one. `nil` where the address is not known.
    public var sourceGroup: String?
    /// The network that one customer may hold whole, as text: the first 48 bits of an IPv6 address.
    ///
    /// Refusals beyond a source's share are counted by it. `nil` where there is none, as for IPv4.
    public var sourceNetwork: String?
    /// The client's `User-Agent`; at most 256 code points are kept.
    public var userAgent: String?
    /// The request's id, as it stands in the access log.
    public var requestID: String?

    /// Describes a caller; without arguments, the process itself.
    ///
    /// - Parameter sourceGroup: The source itself if left out.
    public init(
        source: String? = nil, sourceGroup: String? = nil, sourceNetwork: String? = nil, userAgent: String? = nil,
        requestID: String? = nil
    ) {
        self.source = source
        self.sourceGroup = sourceGroup ?? source
        self.sourceNetwork = sourceNetwork
        // Not characters: one of these can be as long as a whole header.
        self.userAgent = userAgent.map { String($0.unicodeScalars.prefix(256)) }
        self.requestID = requestID
    }
}

/// What an operator should see and no caller may.
public enum ServiceEvent: Sendable {
    /// The store failed; its diagnostic is for the log.
    case storeFailed(StoreError)
    /// Hashing failed beyond being overloaded.
    case hashingFailed(HashingError)
    /// A stored password hash cannot be read or costs more than is allowed.
    case unreadablePasswordHash(UserID)
    /// A mail could not be sent; `isFinal` where it will not be tried again.
    case mailFailed(MailError, isFinal: Bool)
    /// A mail, or the work that leads to one, was dropped before it was tried to the end.
    case mailDropped(MailKind, MailLoss, UserID?)
    /// A signing key could not be opened, made or used.
    case signingKeyFailed(reason: String)
    /// The feed could not be read; tokens are refused if that lasts.
    case feedInterrupted(StoreError)
    /// A refresh token was presented again after it had been superseded: somebody else has it too.
    case refreshReused(UserID, SessionID)
    /// The audit log was signed up to here: kept apart from the database, it shows that the log was cut or made anew.
    case auditCheckpoint(AuditCheckpoint)
    /// The system clock was set ahead by so much, or back by a negative time; nothing is deleted for ten minutes.
    case clockSet(ahead: Duration)
    /// At the start the system clock is further ahead of the newest event in the store than a day, or behind it (negative);
    /// nothing is deleted for a day.
    case clockDoubtful(ahead: Duration)
    /// The system clock is ahead of the database's by so much, or behind it by a negative time; nothing is deleted until they
    /// have agreed for ten minutes.
    case clockDiffersFromStore(ahead: Duration)
    /// An access token of this issuer is from the future, beyond what clocks may differ; told at most once a minute.
    case tokenFromFuture
}

extension AuthService {
    /// The present instant.
    public var now: Timestamp { clock.now }

    func context(_ client: ClientContext, actor: UserID? = nil) -> OperationContext {
        OperationContext(
            now: clock.now, actor: actor, source: client.source, sourceGroup: client.sourceGroup,
            sourceNetwork: client.sourceNetwork, userAgent: client.userAgent, requestID: client.requestID)
    }

    /// Does something in the store and translates its failure, whose diagnostic goes to the operator.
    func inStore<Value>(
        _ body: () async throws(StoreError) -> Value
    ) async throws(AuthError) -> Value {
        do throws(StoreError) {
            return try await body()
        } catch {
            throw translate(error)
        }
    }

    /// Writes in the store, and takes in at once what the commit changed of what this process keeps in memory.
    ///
    /// - Parameter now: When it was written.
    func commit<Outcome>(
        at now: Timestamp, _ body: () async throws(StoreError) -> Committed<Outcome>
    ) async throws(AuthError) -> Outcome {
        let committed = try await inStore(body)
        directory.apply(committed.changes, at: now)
        return committed.outcome
    }

    func translate(_ error: StoreError) -> AuthError {
        switch error {
        case .unavailable, .denied, .conflict:
            observe(.storeFailed(error))
            return .unavailable
        case .corrupt:
            observe(.storeFailed(error))
            return .internalFailure
        case .cancelled:
            return .cancelled
        }
    }

    /// Records an event; a refusal only within the share of its source, and otherwise with others like it.
    func record(
        _ action: AuditAction, refusal: String? = nil, target: UserID? = nil, sessionID: SessionID? = nil,
        in context: OperationContext
    ) async throws(AuthError) {
        let event = AuditEvent(action, refusal: refusal, target: target, sessionID: sessionID, in: context)
        guard refusal == nil || refusals.note(event, from: context) else { return }
        try await inStore { () throws(StoreError) in try await store.record([event]) }
    }

    func makeID(at instant: Timestamp) -> UUIDv7 {
        UUIDv7(at: instant, random: random.bytes(count: 10))
    }
}
