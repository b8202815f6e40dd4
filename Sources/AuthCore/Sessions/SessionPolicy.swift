// SPDX-License-Identifier: Apache-2.0

/// The lifetimes of tokens and sessions.
public struct SessionPolicy: Hashable, Sendable {
    /// The lifetime of an access token; it bounds how long a verifier that does not learn of a revocation accepts it.
    public var accessTokenLifetime: Duration
    /// The idle timeout of a session: the lifetime of each refresh token.
    public var refreshTokenLifetime: Duration
    /// The absolute lifetime of a session, however often it is refreshed.
    public var absoluteLifetime: Duration
    /// How long after a rotation the previous token is answered with the same successor; zero is strict.
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
