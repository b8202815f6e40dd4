// SPDX-License-Identifier: Apache-2.0

public import AuthCore
public import AuthCrypto
import AuthStore
import AuthTokens

/// The whole service without HTTP: every use case as a function, for an adapter or an embedding service to call.
///
/// The use cases are grouped by subject: ``users``, ``roles``, ``signIn``, ``sessions`` and so on. One value serves
/// a process. Its use cases may be called concurrently from anywhere; the store's transactions decide between
/// conflicting calls.
///
/// Besides calling ``start()`` once, run ``run()`` for as long as the service lives: it follows the change feed,
/// rotates keys, sends mail, seals the audit log and removes expired rows.
public final class AuthService: Sendable {
    /// Verification of access tokens, and authorization.
    public let access: AccessService
    /// Registration, profiles, addresses and administration.
    public let users: UserService
    /// Invitations of persons, and of users to other roles.
    public let invitations: InvitationService
    /// Changes and resets.
    public let passwords: PasswordService
    /// What each role grants, and changes of it.
    public let roles: RoleService
    /// Every kind of sign-in.
    public let signIn: SignInService
    /// Sign-in by identity providers, and the identities that users have there.
    public let providers: ProviderService
    /// Supabase's API; it answers nothing where `AuthSettings.supabase` is `nil`, but makes and lists its keys.
    public let supabase: SupabaseService
    /// Refreshing, listing and ending sessions.
    public let sessions: SessionService
    /// Mailed actions, as their pages and the clients that asked for them see them.
    public let actions: OneTimeTokenService
    /// The keys that sign access tokens.
    public let keys: KeyService
    /// Revocations and other changes, as followers read them.
    public let changeFeed: ChangeFeedService
    /// Rate limits: the holders that requests are counted against, and the buckets that processes share.
    public let limits: LimitService
    /// Reading, checking and sealing the audit log.
    public let audit: AuditService
    /// The state of mail delivery.
    public let mail: MailService
    /// Mails and events that are still to be delivered, and those that were given up.
    public let outbox: OutboxService

    let core: ServiceCore
    let clocks: ClockChecks
    let maintenance: Maintenance

    /// Assembles a service.
    ///
    /// Nothing is read or written before ``start()``.
    ///
    /// - Throws: `CryptoError` where no key can be derived.
    public init(_ configuration: Configuration) throws(CryptoError) {
        let current = try DerivedKeys(root: configuration.rootKeys.current)
        var previous: [DerivedKeys] = []
        for root in configuration.rootKeys.previous { previous.append(try DerivedKeys(root: root)) }
        func earlier(_ purpose: KeyPurpose) -> [SecretBytes] { previous.map { $0[purpose] } }

        core = ServiceCore(configuration, decoys: DecoyUsers(key: current[.decoyUser]))
        let tokenKeys = TokenKeys(
            core: core, signing: configuration.signing,
            rootKeyChecks: RootKeyChecks(current: current, previous: previous),
            sealer: Sealer(current: current[.sealing], previous: earlier(.sealing)))
        let principals = PrincipalCache(capacity: core.settings.cacheCapacity)
        let refreshTokens = RefreshTokens(current: current[.refreshToken], previous: earlier(.refreshToken))
        let devices = DeviceTokens(current: current[.deviceToken], previous: earlier(.deviceToken))
        var secrets = OneTimeSecrets(current: current[.oneTimeToken], previous: earlier(.oneTimeToken))
        if let digits = core.settings.supabase?.codeDigits { secrets.setSupabaseDigits(digits) }
        let sprayDetector = SprayDetector(key: current[.identifierDigest])
        let hashes = PasswordHashes(
            hashing: configuration.hashing, breachedPasswords: configuration.breachedPasswords,
            dummies: DummyPasswords(key: current[.dummyHash], parameters: configuration.hashing.parameters),
            observe: core.observe)
        let attempts = PasswordAttempts(
            core: core, hashes: hashes, limits: SignInLimits(key: current[.limiterDigest]),
            sprayDetector: sprayDetector)
        let dispatch = MailDispatch(
            core: core, canSend: configuration.mailer != nil, secrets: secrets, devices: devices)
        let tokens = OneTimeTokenIssuer(core: core, secrets: secrets, policy: MailTermsPolicy(core: core))
        let issuer = SessionIssuer(
            core: core, keys: tokenKeys, refreshTokens: refreshTokens, devices: devices,
            metadata: TokenMetadataSource(core: core))

        let newDevices = NewDeviceNotices(
            core: core, current: current[.sourceDigest], previous: earlier(.sourceDigest))
        let abandoned = AbandonedRegistrations(core: core, secondFactors: configuration.secondFactors)

        clocks = ClockChecks(core: core)
        roles = RoleService(core: core)
        access = AccessService(core: core, keys: tokenKeys, principals: principals)
        users = UserService(
            core: core, hashes: hashes, attempts: attempts, mail: dispatch, tokens: tokens, abandoned: abandoned,
            setupTokens: SetupTokens(current: current[.oneTimeToken], previous: earlier(.oneTimeToken)))
        invitations = InvitationService(core: core, hashes: hashes, mail: dispatch, tokens: tokens)
        passwords = PasswordService(
            core: core, hashes: hashes, attempts: attempts, mail: dispatch, tokens: tokens, issuer: issuer)
        signIn = SignInService(
            core: core, hashes: hashes, attempts: attempts, devices: devices, issuer: issuer, mail: dispatch,
            tokens: tokens, secondFactors: configuration.secondFactors, newDevices: newDevices)
        providers = ProviderService(
            core: core,
            connections: ProviderConnections(
                configuration.providers, transport: configuration.providerTransport, bootClock: core.bootClock),
            secrets: ProviderFlowSecrets(
                current: current[.providerFlow], previous: earlier(.providerFlow),
                sealer: Sealer(current: current[.sealing], previous: earlier(.sealing))),
            issuer: issuer, devices: devices, newDevices: newDevices, secondFactors: configuration.secondFactors,
            canMail: configuration.mailer != nil)
        supabase = SupabaseService(
            core: core, tokenKeys: tokenKeys, hashes: hashes, attempts: attempts, issuer: issuer, tokens: tokens,
            mail: dispatch, providers: providers, newDevices: newDevices, secondFactors: configuration.secondFactors,
            secrets: SupabaseSecrets(current: current[.supabase], previous: earlier(.supabase)),
            apiKeys: SupabaseSigningKeys(
                core: core, sealer: Sealer(current: current[.sealing], previous: earlier(.sealing))))
        sessions = SessionService(core: core, issuer: issuer)
        keys = KeyService(core: core, tokenKeys: tokenKeys, principals: principals)
        changeFeed = ChangeFeedService(
            core: core, clocks: clocks, keys: tokenKeys, principals: principals, staleness: access.staleness)
        limits = LimitService(
            core: core, refreshTokens: refreshTokens, devices: devices,
            sourceDigest: HMACSHA256(key: current[.sourceDigest]), sprayDetector: sprayDetector)
        audit = AuditService(
            core: core,
            keys: AuditSegmentKeys(sealer: Sealer(current: current[.sealing], previous: earlier(.sealing))),
            heads: configuration.auditHeads)
        mail = MailService(
            dispatch: dispatch,
            worker: MailRequestWorker(
                core: core, answers: MailRequestAnswers(core: core, tokens: tokens, devices: devices),
                losses: dispatch.losses))
        actions = OneTimeTokenService(core: core, tokens: tokens)
        let delivery = OutboxDelivery(
            core: core, mailer: configuration.mailer,
            mails: OutboxMails(
                core: core, secrets: secrets, stamps: OutboxStamps(key: current[.mailIdentifier])),
            subscriptions: Dictionary(
                configuration.subscriptions.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first }))
        let keeper = OutboxHealthKeeper()
        outbox = OutboxService(
            core: core, dispatcher: OutboxDispatcher(core: core, delivery: delivery, health: keeper), keeper: keeper)
        maintenance = Maintenance(
            core: core, clocks: clocks, keys: keys, dummies: hashes.dummies, audit: audit, abandoned: abandoned)
    }
}

extension AuthService {
    /// The operator's settings.
    public var settings: AuthSettings { core.settings }

    /// The authorization rules as they are now; roles may have other permissions a moment later.
    public var policy: AccessPolicy { core.policy }

    /// The present instant.
    public var now: Timestamp { core.clock.now }

    /// What was detected about the clocks, for metrics.
    public var clockHealth: ClockHealth { core.clockGuard.health(at: core.bootClock.sinceBoot) }

    /// Sizes of caches and queues, for metrics.
    public var gauges: ServiceGauges {
        let counts = core.directory.counts
        return ServiceGauges(
            revocations: counts.revocations, cachedUsers: counts.users, cachedPrincipals: access.principals.count,
            waitingMails: outbox.health.waitingMails,
            waitingFollowers: changeFeed.tail.waiterCount)
    }

    /// Checks that the store answers.
    ///
    /// - Throws: `.unavailable`, `.internalFailure`, `.cancelled`.
    public func checkStore() async throws(AuthError) {
        try await core.inStore { store throws(StoreError) in try await store.checkHealth() }
    }
}

/// What a service holds in memory.
public struct ServiceGauges: Hashable, Sendable {
    /// Revocations that may concern unexpired tokens.
    public let revocations: Int
    /// Cached users.
    public let cachedUsers: Int
    /// Cached verified tokens.
    public let cachedPrincipals: Int
    /// Mails that wait to be delivered, when this process last looked.
    public let waitingMails: Int
    /// Requests that wait for an entry of the change feed.
    public let waitingFollowers: Int
}
