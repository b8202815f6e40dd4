// SPDX-License-Identifier: Apache-2.0

/// A sealed place of the log as it was read.
public struct AuditEntry: Hashable, Sendable {
    /// The number of the place.
    public let sequence: Int64
    /// What stands there; `nil` where it cannot be read as an event.
    public let event: StoredAuditEvent?

    /// Describes a place.
    public init(sequence: Int64, event: StoredAuditEvent?) {
        self.sequence = sequence
        self.event = event
    }
}

/// The first fault of the log.
public struct AuditFault: Hashable, Sendable {
    /// What is wrong with a place.
    public enum Reason: String, Hashable, Sendable, CaseIterable {
        /// The place is empty, and a later one is not.
        case missing
        /// The event is not the one that was sealed, or not the one that was sealed at this place.
        case altered
        /// It comes after a place with a higher number.
        case outOfOrder = "out_of_order"
        /// Its address, user agent or request are not what was sealed, and not erased either.
        case payloadAltered = "payload_altered"
        /// The chain verifies but differs from the one that a checkpoint signed: it was rebuilt up to here.
        case checkpointMismatch = "checkpoint_mismatch"
        /// A checkpoint has a signature that authd did not make.
        case checkpointForged = "checkpoint_forged"
        /// The log ends before this place, which a checkpoint or the head of the chain says was there.
        case truncated
    }

    /// The place.
    public let sequence: Int64
    /// What is wrong with it.
    public let reason: Reason

    /// Names a fault.
    public init(_ sequence: Int64, _ reason: Reason) {
        self.sequence = sequence
        self.reason = reason
    }
}

/// Goes through the log from place to place and reports the first fault.
public struct AuditVerification: Sendable {
    /// The chain up to the last place that was found correct.
    public private(set) var last: AuditLink
    /// How many places were found correct.
    public private(set) var count: Int64 = 0
    /// How many of them have had their payload erased.
    public private(set) var erasedCount: Int64 = 0

    private let chain: AuditChain
    private var checkpoints: ArraySlice<AuditLink>

    /// Begins after a trusted link.
    ///
    /// The caller has verified the signatures of `checkpoints`; those up to `start` are ignored.
    public init(chain: AuditChain, after start: AuditLink = .start, checkpoints: [AuditLink] = []) {
        self.chain = chain
        last = start
        self.checkpoints =
            checkpoints.filter { $0.sequence > start.sequence }
            .sorted { $0.sequence < $1.sequence }[...]
    }

    /// Takes the next place.
    ///
    /// - Returns: The fault; nothing more is to be taken then.
    public mutating func take(_ entry: AuditEntry) -> AuditFault? {
        let expected = last.sequence &+ 1
        guard entry.sequence >= expected else { return AuditFault(entry.sequence, .outOfOrder) }
        guard entry.sequence == expected else { return AuditFault(expected, .missing) }
        guard let stored = entry.event, let seal = stored.seal,
            chain.link(stored, payloadDigest: seal.payloadDigest, after: last) == seal.link
        else { return AuditFault(expected, .altered) }
        if let salt = seal.salt {
            guard chain.payloadDigest(of: stored.event, salt: salt) == seal.payloadDigest else {
                return AuditFault(expected, .payloadAltered)
            }
        } else {
            let event = stored.event
            guard event.source == nil, event.userAgent == nil, event.requestID == nil else {
                return AuditFault(expected, .payloadAltered)
            }
            erasedCount += 1
        }
        while let checkpoint = checkpoints.first, checkpoint.sequence == expected {
            guard checkpoint == seal.link else { return AuditFault(expected, .checkpointMismatch) }
            checkpoints.removeFirst()
        }
        last = seal.link
        count += 1
        return nil
    }

    /// Judges the end of the log.
    ///
    /// - Parameter head: The head of the chain as stored before the first place was read.
    /// - Returns: `.truncated`, at the place after the last correct one, if the head or a checkpoint lies beyond
    ///   it; otherwise `nil`.
    public func end(head: AuditLink) -> AuditFault? {
        let isWhole = checkpoints.isEmpty && head.sequence <= last.sequence
        return isWhole ? nil : AuditFault(last.sequence &+ 1, .truncated)
    }
}
