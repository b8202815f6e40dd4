// SPDX-License-Identifier: Apache-2.0

public import AuthCore

/// The result of signing in and refreshing: the only place where the tokens are in clear.
public struct TokenPair: Sendable {
    /// The JWT to present with each request.
    public let accessToken: String
    /// The secret to present, once, for the next pair.
    public let refreshToken: String
    /// How long the access token is valid.
    public let expiresIn: Duration
    /// How long the refresh token is valid: until the session's idle timeout or absolute limit.
    public let refreshExpiresIn: Duration
    /// The scope of the access token; it can be less than was requested.
    public let scope: Scope
    /// The session that both belong to.
    public let sessionID: SessionID
    /// The user's current record.
    public let user: User
    /// The token by which the device is recognised at later sign-ins; only a sign-in and a change of the password issue
    /// one.
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
