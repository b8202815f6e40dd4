// SPDX-License-Identifier: Apache-2.0

/// The caller, as far as access rules need to know it.
public struct AccessSubject: Hashable, Sendable {
    /// The user.
    public let userID: UserID
    /// The role that the user holds now, whatever the token says.
    public let role: Role
    /// What the user may do beside the role, now.
    public let permissions: Scope
    /// The scope that the token carries.
    public let tokenScope: Scope
    /// Whether the user's address is verified now, whatever the token says.
    public let hasVerifiedAddress: Bool

    /// Describes a caller whose token has been verified.
    public init(
        userID: UserID, role: Role, permissions: Scope = .none, tokenScope: Scope, hasVerifiedAddress: Bool = false
    ) {
        self.userID = userID
        self.role = role
        self.permissions = permissions
        self.tokenScope = tokenScope
        self.hasVerifiedAddress = hasVerifiedAddress
    }
}
