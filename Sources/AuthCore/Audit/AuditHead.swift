// SPDX-License-Identifier: Apache-2.0

/// How far the chain of the audit log has come: its last link, and the segment whose key made it.
public struct AuditHead: Hashable, Sendable {
    /// The number of the segment, from 1; 0 before the first.
    public let segment: Int64
    /// The last link.
    public let link: AuditLink

    /// The chain before its first segment.
    public static let start = AuditHead(segment: 0, link: .start)

    /// Names an end of the chain.
    public init(segment: Int64, link: AuditLink) {
        self.segment = segment
        self.link = link
    }

    /// Whether it comes before `other` in one chain: with fewer events, or with as many in an earlier segment.
    public func precedes(_ other: AuditHead) -> Bool {
        (link.sequence, segment) < (other.link.sequence, other.segment)
    }
}

/// The end of the chain at one moment, signed with the key of its segment.
///
/// Kept outside the database it reveals a log that was truncated, restored to an earlier state or replaced.
public struct AuditCheckpoint: Hashable, Sendable {
    /// The end of the chain.
    public let head: AuditHead
    /// When it was signed; for information, the signature does not cover it.
    public let at: Timestamp
    /// The code of the head under the key of its segment, as ``AuditChain`` makes it.
    public let signature: [UInt8]

    /// Describes a checkpoint.
    public init(head: AuditHead, at: Timestamp, signature: [UInt8]) {
        self.head = head
        self.at = at
        self.signature = signature
    }
}
