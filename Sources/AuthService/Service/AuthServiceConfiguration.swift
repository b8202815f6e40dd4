// SPDX-License-Identifier: Apache-2.0

public import AuthCore
public import AuthCrypto
public import AuthStore

extension AuthService {
    /// The parts of a service.
    public struct Configuration: Sendable {
        /// The operator's settings.
        public var settings: AuthSettings
        /// The store of users, sessions and everything else.
        public var store: any AuthStore
        /// How passwords are hashed and checked.
        public var hashing: any PasswordHashing
        /// The current root key first, then previous ones whose secrets are still read.
        public var rootKeys: RootKeys
        /// How access tokens are signed.
        public var signing: TokenSigning
        /// The list of breached passwords that new passwords are looked up in, besides the policy's own list; `nil` for
        /// none.
        public var breachedPasswords: (any BreachedPasswordChecking)?
        /// The mailer; `nil` if no mail can be sent: use cases that need it then throw `.mailUnavailable`.
        public var mailer: (any MailSending)?
        /// The identity providers by which users may sign in; none by default.
        public var providers: [ConfiguredProvider] = []
        /// How identity providers are reached; without it none is offered.
        public var providerTransport: (any ProviderTransport)?
        /// What the embedding service hears of; none by default.
        public var subscriptions: [Subscription] = []
        /// The second factors that signing in requires; `nil` for none.
        package var secondFactors: (any SignInFactorChecking)?
        /// The clock for stored and signed times.
        public var clock: any WallClock = SystemClock()
        /// The clock for durations.
        ///
        /// Only tests need another than the host's own, and then one that advances with ``clock``.
        public var bootClock: any BootClock = SystemClock()
        /// The source of secrets and identifiers.
        public var random: any RandomSource = SystemRandom()
        /// Keeps the last signed head of the audit log outside the store; `nil` for in memory alone, which a restart forgets.
        public var auditHeads: (any AuditHeadKeeping)?
        /// Receives events for the operator that a caller must not see; called on any thread, and must not block.
        ///
        /// By default those that need attention go to standard error, equal ones once a minute. With swift-log:
        ///
        /// ```swift
        /// configuration.observe = { logger.log(level: $0.needsAttention ? .warning : .info, "\($0)") }
        /// ```
        public var observe: @Sendable (ServiceEvent) -> Void
        /// Whether the silence of the change feed counts from ``AuthService/start()`` on.
        ///
        /// A test that moves the clock by hours and does not run the service lets it count from ``AuthService/run()``.
        package var measuresSilenceFromStart = true

        /// Describes a service; other properties have defaults and can be set afterwards.
        public init(
            settings: AuthSettings, store: any AuthStore, hashing: any PasswordHashing, rootKeys: RootKeys,
            signing: TokenSigning
        ) {
            self.settings = settings
            self.store = store
            self.hashing = hashing
            self.rootKeys = rootKeys
            self.signing = signing
            let warnings = StandardErrorWarnings()
            observe = { warnings.record($0) }
        }
    }
}

/// The root keys of a process.
public struct RootKeys: Sendable {
    /// The one that all new secrets are made under.
    public let current: RootKey
    /// Previous ones, read-only.
    public let previous: [RootKey]

    /// Names the keys.
    public init(current: RootKey, previous: [RootKey] = []) {
        self.current = current
        self.previous = previous
    }
}
