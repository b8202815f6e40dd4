// SPDX-License-Identifier: Apache-2.0

public import AuthCore

/// Why the audit log is not sealed: it does not continue the last head that this process has signed or followed.
public struct AuditRefusal: Hashable, Sendable {
    /// The first fault that was found.
    public let fault: AuditFault
    /// The last head that this process has signed or followed; `nil` where it knows none.
    public let expected: AuditCheckpoint?
    /// The head in the store; `nil` where it is gone.
    public let found: AuditHead?
}

/// Events that were sealed and are gone, which the operator has accepted.
public struct AuditLoss: Hashable, Sendable {
    /// The segment that was opened because of it.
    public let segment: AuditSegment
    /// The last event that this process knew.
    public let known: AuditHead

    /// The numbers of the events that are gone; `nil` if only an empty segment is.
    public var events: ClosedRange<Int64>? {
        let first = segment.found.link.sequence &+ 1
        return first <= known.link.sequence ? first...known.link.sequence : nil
    }
}

/// Whether the audit log is being sealed.
public struct AuditHealth: Hashable, Sendable {
    /// `false` while the log in the store does not continue the last signed head, or the head that is kept outside the
    /// store cannot be read.
    public let isSealing: Bool
    /// How many times sealing was refused since the start: once a second while it is.
    public let refusals: Int
}
