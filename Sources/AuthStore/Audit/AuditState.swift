// SPDX-License-Identifier: Apache-2.0

public import AuthCore

/// How the audit log stands in the store, all at one moment.
///
/// Nothing of it is verified: an attacker who can write to the store can write this too.
public struct AuditState: Hashable, Sendable {
    /// The head of the chain; `nil` where its row is gone.
    public var head: AuditHead?
    /// The lowest number of a sealed event.
    public var first: Int64?
    /// The link of the sealed event with the highest number.
    public var last: AuditLink?
    /// The highest number of a segment; 0 without any.
    public var newestSegment: Int64
    /// The number of the last event that a cut says was removed; 0 without a cut.
    public var cutThrough: Int64
    /// Whether an event waits to be sealed.
    public var hasUnsealed: Bool

    /// Describes a state.
    public init(
        head: AuditHead?, first: Int64?, last: AuditLink?, newestSegment: Int64, cutThrough: Int64, hasUnsealed: Bool
    ) {
        self.head = head
        self.first = first
        self.last = last
        self.newestSegment = newestSegment
        self.cutThrough = cutThrough
        self.hasUnsealed = hasUnsealed
    }
}

/// What came of sealing.
public enum AuditSealing: Hashable, Sendable {
    /// So many events were sealed, and the chain ends here now.
    case sealed(Int, AuditHead)
    /// The head of the chain is another than was expected; nothing was written.
    case moved
}

/// A segment as stored.
public struct StoredAuditSegment: Hashable, Sendable {
    /// The opening record.
    public var segment: AuditSegment
    /// The digest of `AuditChain.opening(of:)`, which makes the record an authentic one.
    public var digest: [UInt8]
    /// The key of its links, sealed; opening it needs the root key.
    public var sealedKey: [UInt8]

    /// Describes a segment as stored.
    public init(segment: AuditSegment, digest: [UInt8], sealedKey: [UInt8]) {
        self.segment = segment
        self.digest = digest
        self.sealedKey = sealedKey
    }

    /// The chain with the opening record and no event yet.
    public var start: AuditHead {
        AuditHead(segment: segment.number, link: AuditLink(sequence: segment.found.link.sequence, digest: digest))
    }
}
