// SPDX-License-Identifier: Apache-2.0

/// How long tokens and sessions live.
public struct SessionPolicy: Hashable, Sendable {
    /// The lifetime of an access token; it bounds how long a verifier that hears of no revocation is wrong.
    public var accessTokenLifetime: Duration
    /// How long a session may lie idle: the lifetime of each refresh token.
    public var refreshTokenLifetime: Duration
    /// How long a session lives at most, however often it is refreshed.
    public var absoluteLifetime: Duration
    /// How long after a rotation the token before is simply answered again; zero is strict.
    public var refreshGrace: Duration

    /// Describes the lifetimes; the defaults are thirty minutes, seven days, ninety days and ten seconds.
    public init(
        accessTokenLifetime: Duration = .seconds(30 * 60), refreshTokenLifetime: Duration = .seconds(7 * 86_400),
        absoluteLifetime: Duration = .seconds(90 * 86_400), refreshGrace: Duration = .seconds(10)
    ) {
        self.accessTokenLifetime = accessTokenLifetime
        self.refreshTokenLifetime = refreshTokenLifetime
        self.absoluteLifetime = absoluteLifetime
        self.refreshGrace = refreshGrace
    }
}
