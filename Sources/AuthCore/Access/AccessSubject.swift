// SPDX-License-Identifier: Apache-2.0

/// The caller, as far as access rules need to know it.
public struct AccessSubject: Hashable, Sendable {
    /// The user.
    public let userID: UserID
    /// The role that the user holds now, whatever the token says.
    public let role: Role
    /// The scope that the token carries.
    public let tokenScope: Scope

    /// Describes a caller whose token has been verified.
    public init(userID: UserID, role: Role, tokenScope: Scope) {
        self.userID = userID
        self.role = role
        self.tokenScope = tokenScope
    }
}
