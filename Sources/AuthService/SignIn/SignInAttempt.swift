// SPDX-License-Identifier: Apache-2.0

public import AuthCore

/// The credentials and options of one sign-in.
public struct SignInAttempt: Sendable {
    /// A username or an address as typed; another text costs the same work and gets the same answer.
    public let identifier: String
    /// The password.
    public let password: Password
    /// The requested scope; `nil` for all that the role grants, now and later.
    public let scope: Scope?
    /// The device token of an earlier sign-in, if presented; an invalid one is ignored.
    public let deviceToken: DeviceToken?

    /// Describes an attempt.
    public init(identifier: String, password: Password, scope: Scope? = nil, deviceToken: DeviceToken? = nil) {
        self.identifier = identifier
        self.password = password
        self.scope = scope
        self.deviceToken = deviceToken
    }
}
