// SPDX-License-Identifier: Apache-2.0

/// The record of a removal: events up to a place were deleted because they were older than the retention.
public struct AuditCut: Hashable, Sendable {
    /// The last event that was removed, with the link that the first kept one continues.
    public let through: AuditHead
    /// Every removed event is older than this instant.
    public let cutoff: Timestamp
    /// When they were removed.
    public let at: Timestamp
    /// Who removed them, in words.
    public let author: String
    /// The number of the segment whose key signed the record.
    public let signedBy: Int64

    /// Describes a removal.
    public init(through: AuditHead, cutoff: Timestamp, at: Timestamp, author: String, signedBy: Int64) {
        self.through = through
        self.cutoff = cutoff
        self.at = at
        self.author = author
        self.signedBy = signedBy
    }
}

/// A removal with its signature.
public struct SignedAuditCut: Hashable, Sendable {
    /// The record.
    public let cut: AuditCut
    /// The code of the record under the key of the segment `signedBy`, as ``AuditChain`` makes it.
    public let signature: [UInt8]

    /// Describes a signed record.
    public init(_ cut: AuditCut, signature: [UInt8]) {
        self.cut = cut
        self.signature = signature
    }
}
