// SPDX-License-Identifier: Apache-2.0

public import AuthCore

/// What somebody presents to sign in.
public struct SignInAttempt: Sendable {
    /// A username or an address as typed; what is neither costs the same work and gets the same answer.
    public let identifier: String
    /// The password.
    public let password: Password
    /// What the session is to be used for; `nil` for all that the role grants, now and later.
    public let scope: Scope?
    /// What an earlier sign-in left with the device, where it is presented; junk counts as none.
    public let deviceToken: DeviceToken?

    /// Describes an attempt.
    public init(identifier: String, password: Password, scope: Scope? = nil, deviceToken: DeviceToken? = nil) {
        self.identifier = identifier
        self.password = password
        self.scope = scope
        self.deviceToken = deviceToken
    }
}
