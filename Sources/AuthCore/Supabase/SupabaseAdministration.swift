// SPDX-License-Identifier: Apache-2.0

/// Decides whom the holder of a secret key may not take over.
public enum SupabaseAdministration {
    /// Whether a user may do more than those who register: their password, address and bans, links that sign in as them and
    /// their removal need the operator's leave.
    public static func isProtected(_ user: User) -> Bool {
        !(user.role == .user || user.role == .guest) || user.permissions != .none
    }
}
