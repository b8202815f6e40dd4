// SPDX-License-Identifier: Apache-2.0

public import AuthCore

/// What signing in and refreshing give: the only place where the tokens are in clear.
public struct TokenPair: Sendable {
    /// The JWT to present with each request.
    public let accessToken: String
    /// The secret to present, once, for the next pair.
    public let refreshToken: String
    /// How long the access token is good.
    public let expiresIn: Duration
    /// How long the refresh token is good: until the session ends for lying idle, or at all.
    public let refreshExpiresIn: Duration
    /// What the access token may be used for; it can be less than was asked for.
    public let scope: Scope
    /// The session that both belong to.
    public let sessionID: SessionID
    /// The user, as of now.
    public let user: User
    /// What the device may keep to be known again; only a sign-in and a change of the password give one.
    public internal(set) var deviceToken: DeviceToken? = nil
}

extension TokenPair: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Names the session and no token.
    public var description: String { "TokenPair(session: \(sessionID))" }
    /// Names the session and no token.
    public var debugDescription: String { description }
    /// Shows nothing.
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}
