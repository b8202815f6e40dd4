// SPDX-License-Identifier: Apache-2.0

/// Which of a user's metadata access tokens carry, under the names `app_metadata` and `user_metadata`.
public enum TokenMetadata: String, Hashable, Sendable, CaseIterable {
    /// Neither.
    case none
    /// What the operator's services keep about the user.
    case app
    /// What the user keeps about themselves.
    case user
    /// Both.
    case both

    /// The longest JSON text in octets that they may have together; longer ones are left out.
    ///
    /// With it, what a role and a user are granted and a signature, a token still fits into a cookie of 4 KiB.
    public static let maximumBytes = 1_024

    var hasApp: Bool { self == .app || self == .both }
    var hasUser: Bool { self == .user || self == .both }
}
