// SPDX-License-Identifier: Apache-2.0

public import AuthCore

/// The settings of an operator or embedder.
public struct AuthSettings: Sendable {
    /// The `iss` of every token: by default the public URL.
    public var issuer: String
    /// The `aud` of first-party access tokens.
    public var audience: String
    /// The `client_id` of sessions that no other client opened.
    public var firstPartyClientID: String
    /// The lifetimes of tokens and sessions.
    public var sessions: SessionPolicy
    /// How many sessions one user may have; `nil` for any number.
    public var sessionLimit: SessionLimit?
    /// How far another host's clock may differ from this one's.
    public var clockLeeway: Duration
    /// The rules for new passwords.
    public var passwords: PasswordPolicy
    /// The permissions of each role that the service itself defines; stored ones of the same names come before them.
    public var roles: RoleTable
    /// Whether a file of the operator's, which ``RoleService/load(_:from:)`` takes over, owns the roles that it lists.
    public var hasRolesFile = false
    /// Which metadata access tokens carry.
    public var tokenMetadata = TokenMetadata.none
    /// Whether failed password checks are counted and slowed down, as `SignInThrottle` says.
    public var limitsPasswordAttempts = true
    /// How long after signing in a session may end others of its user; `nil` for as long as it lives.
    public var recentSignIn: Duration? = .seconds(15 * 60)
    /// Who may register.
    public var registration = RegistrationPolicy.open
    /// Whether a user who registers is mailed a link that verifies the address, where mail can be sent.
    ///
    /// With ``requiresVerifiedEmail`` it is mailed in any case.
    public var verifiesOnRegistration: Bool
    /// Whether a user with an unverified address may not sign in; ``preventsEnumeration`` and a ``registration`` for some
    /// domains imply it.
    public var requiresVerifiedEmail: Bool {
        get { demandsVerifiedEmail || preventsEnumeration || registration.requiresVerifiedEmail }
        set { demandsVerifiedEmail = newValue }
    }
    private var demandsVerifiedEmail: Bool
    /// How long after a user was deleted the username cannot be registered; `nil` for not at all.
    public var usernameReservation: Duration? = .seconds(30 * 86_400)
    /// The age at which a registration whose address was never verified is removed; `nil` for never.
    ///
    /// By default thirty days with ``requiresVerifiedEmail``, and never without it.
    public var abandonedRegistrationAge: Duration? {
        get { chosenAbandonedRegistrationAge ?? (requiresVerifiedEmail ? .seconds(30 * 86_400) : nil) }
        set { chosenAbandonedRegistrationAge = .some(newValue) }
    }
    private var chosenAbandonedRegistrationAge: Duration??
    /// Whether registering answers the same for taken and free identifiers; it implies ``requiresVerifiedEmail``.
    public var preventsEnumeration: Bool
    /// How long a mailed password-reset token is valid.
    public var passwordResetLifetime: Duration
    /// How long a mailed verification token is valid.
    public var emailVerificationLifetime: Duration
    /// Where a sign-in by a provider may lead to: by default to addresses below the origin of ``issuer``, and nowhere if it is no URL.
    public var returnTargets: ReturnTargets? {
        get { chosenReturnTargets ?? (try? ReturnTargets([issuerOrigin])) }
        set { chosenReturnTargets = newValue }
    }
    private var chosenReturnTargets: ReturnTargets?
    private var issuerOrigin: String {
        issuer.split(separator: "/", maxSplits: 3, omittingEmptySubsequences: false).prefix(3).joined(separator: "/")
    }
    /// Where browsers may be sent beside ``returnTargets``, by every API: globs, as Supabase's API has them.
    public var redirectAllowList: RedirectAllowList?
    /// Supabase's API; `nil` where it is off.
    public var supabase: SupabaseSettings?
    /// Whether users may sign in by a mail, without a password.
    public var signsInByMail = false
    /// How long a mailed link that signs in is valid.
    public var mailSignInLifetime = Duration.seconds(3_600)
    /// How long a mailed link that makes a browser known is valid.
    public var unlockLifetime = Duration.seconds(3_600)
    /// How many mails of one purpose go to one user, for strangers and for known clients each; `nil` for any number, also of all
    /// users together.
    public var mailBudget: MailBudget.Rule? = .standard
    /// How many requested mails are sent within 24 hours; `nil` for any number.
    public var mailDayLimit: MailDayLimit? = MailDayLimit(10_000)
    /// How long the change feed may be silent before access tokens are rejected.
    public var feedPatience: Duration
    /// Whether access tokens are accepted until they expire when the feed is silent, rather than rejected.
    public var acceptsTokensOnSilentFeed: Bool
    /// The notices that are not mailed; those that must not be turned off are mailed all the same.
    public var disabledNotices: Set<MailTemplate> = []
    /// Which services may follow the change feed; none by default.
    public var changeFeedSecrets = ChangeFeedSecrets()
    /// How long audit events are kept.
    public var auditRetention = AuditRetention()
    /// How many verified tokens, and as many users, are kept in memory.
    public var cacheCapacity: Int

    /// Describes a service; only the issuer has no default.
    public init(
        issuer: String, audience: String? = nil, firstPartyClientID: String = "authd",
        sessions: SessionPolicy = SessionPolicy(), sessionLimit: SessionLimit? = nil,
        clockLeeway: Duration = .seconds(5),
        passwords: PasswordPolicy = PasswordPolicy(), roles: RoleTable = .standard,
        requiresVerifiedEmail: Bool = false, preventsEnumeration: Bool = false, verifiesOnRegistration: Bool = true,
        passwordResetLifetime: Duration = .seconds(3_600), emailVerificationLifetime: Duration = .seconds(86_400),
        feedPatience: Duration = .seconds(10), acceptsTokensOnSilentFeed: Bool = false, cacheCapacity: Int = 50_000
    ) {
        self.issuer = issuer
        self.audience = audience ?? issuer
        self.firstPartyClientID = firstPartyClientID
        self.sessions = sessions
        self.sessionLimit = sessionLimit
        self.clockLeeway = clockLeeway
        self.passwords = passwords
        self.roles = roles
        demandsVerifiedEmail = requiresVerifiedEmail
        self.verifiesOnRegistration = verifiesOnRegistration
        self.preventsEnumeration = preventsEnumeration
        self.passwordResetLifetime = passwordResetLifetime
        self.emailVerificationLifetime = emailVerificationLifetime
        self.feedPatience = feedPatience
        self.acceptsTokensOnSilentFeed = acceptsTokensOnSilentFeed
        self.cacheCapacity = max(cacheCapacity, 1)
    }

    /// How long a revocation must be kept: no access token outlives it.
    ///
    /// A revocation has the time of its request; until it is committed, for which it may wait as long as an operation
    /// of the store, tokens are still issued.
    public var revocationHorizon: Duration {
        sessions.accessTokenLifetime + clockLeeway + clockLeeway + Self.longestOperation
    }

    /// How long an entry of the change feed is kept: a day longer than any token that it concerns.
    public var changeRetention: Duration { revocationHorizon + .seconds(86_400) }

    /// More than a store lets an operation wait and run.
    private static let longestOperation = Duration.seconds(120)
}

/// How long audit events are kept.
public struct AuditRetention: Hashable, Sendable {
    /// The age at which events are removed, at most once a day; `nil` keeps them for ever.
    public var period: Duration?
    /// How long an event is kept at least; no use case removes a younger one.
    public var minimum: Duration

    /// Describes a retention; the period is never shorter than the minimum.
    public init(period: Duration? = nil, minimum: Duration = .seconds(90 * 86_400)) {
        self.period = period.map { max($0, minimum) }
        self.minimum = minimum
    }
}
