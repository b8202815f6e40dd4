// SPDX-License-Identifier: Apache-2.0

/// Names a stored one-time token, as the secret that was mailed tells it: whose it is, and the digest of the secret.
///
/// The user comes first, as in the key of every row that belongs to a user.
public struct OneTimeTokenKey: Hashable, Sendable {
    /// Whose the token is.
    public let userID: UserID
    /// The keyed digest of the secret, 32 octets.
    public let digest: [UInt8]

    /// Names a token.
    public init(userID: UserID, digest: [UInt8]) {
        self.userID = userID
        self.digest = digest
    }
}
