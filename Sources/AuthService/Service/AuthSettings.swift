// SPDX-License-Identifier: Apache-2.0

public import AuthCore

/// Everything that an operator or embedder decides about how the service behaves.
public struct AuthSettings: Sendable {
    /// The `iss` of every token: the public URL unless decided otherwise.
    public var issuer: String
    /// The `aud` of first-party access tokens.
    public var audience: String
    /// The `client_id` of sessions that no other client opened.
    public var firstPartyClientID: String
    /// The lifetimes of tokens and sessions.
    public var sessions: SessionPolicy
    /// How many sessions one user may have; `nil` for any number.
    public var sessionLimit: SessionLimit?
    /// How far another machine's clock may differ from ours.
    public var clockLeeway: Duration
    /// What new passwords must be like.
    public var passwords: PasswordPolicy
    /// What each role grants.
    public var roles: RoleTable
    /// Whether failed password checks are counted and slowed down, as `SignInThrottle` says.
    public var limitsPasswordAttempts = true
    /// How long after signing in a session may end others of its user; `nil` for as long as it lives.
    public var recentSignIn: Duration? = .seconds(15 * 60)
    /// Whether an unproven address keeps its user out.
    public var requiresVerifiedEmail: Bool
    /// Whether registering answers the same for taken and free identifiers; it implies ``requiresVerifiedEmail``.
    public var preventsEnumeration: Bool
    /// How long a mailed password-reset token is good.
    public var passwordResetLifetime: Duration
    /// How long a mailed verification token is good.
    public var emailVerificationLifetime: Duration
    /// How long the change feed may be silent before access tokens are refused.
    public var feedPatience: Duration
    /// Whether access tokens are accepted until they expire when the feed is silent, rather than refused.
    public var acceptsTokensOnSilentFeed: Bool
    /// Which services may follow the change feed; nobody by default.
    public var changeFeedSecrets = ChangeFeedSecrets()
    /// How many verified tokens, and as many users, are kept in memory.
    public var cacheCapacity: Int

    /// Describes a service; only the issuer has no default.
    public init(
        issuer: String, audience: String? = nil, firstPartyClientID: String = "authd",
        sessions: SessionPolicy = SessionPolicy(), sessionLimit: SessionLimit? = nil,
        clockLeeway: Duration = .seconds(5),
        passwords: PasswordPolicy = PasswordPolicy(), roles: RoleTable = .standard,
        requiresVerifiedEmail: Bool = false, preventsEnumeration: Bool = false,
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
        self.requiresVerifiedEmail = requiresVerifiedEmail || preventsEnumeration
        self.preventsEnumeration = preventsEnumeration
        self.passwordResetLifetime = passwordResetLifetime
        self.emailVerificationLifetime = emailVerificationLifetime
        self.feedPatience = feedPatience
        self.acceptsTokensOnSilentFeed = acceptsTokensOnSilentFeed
        self.cacheCapacity = max(cacheCapacity, 1)
    }

    /// How long a revocation must be remembered: no access token outlives it.
    ///
    /// A revocation bears the time at which it was asked for; until it is committed, for which it may wait as long as an
    /// operation of the store, tokens are still issued.
    public var revocationHorizon: Duration {
        sessions.accessTokenLifetime + clockLeeway + clockLeeway + Self.longestOperation
    }

    /// How long an entry of the change feed is kept: a day longer than any token that it concerns.
    public var changeRetention: Duration { revocationHorizon + .seconds(86_400) }

    /// More than a store lets an operation wait and take.
    private static let longestOperation = Duration.seconds(120)
}
