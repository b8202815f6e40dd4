// SPDX-License-Identifier: Apache-2.0

/// The first fault of the log.
public struct AuditFault: Hashable, Sendable {
    /// What is wrong with a place.
    public enum Reason: String, Hashable, Sendable, CaseIterable {
        /// The place is empty, and a later one is not.
        case missing
        /// The event is not the one that was sealed, or not the one that was sealed at this place.
        case altered
        /// It comes after a place with a higher number, or before the first that was kept.
        case outOfOrder = "out_of_order"
        /// Its address, user agent or request are not what was sealed, and not erased either.
        case payloadAltered = "payload_altered"
        /// The chain verifies but differs from a head that was signed: the log is another one up to here.
        case checkpointMismatch = "checkpoint_mismatch"
        /// A checkpoint has a signature that authd did not make.
        case checkpointForged = "checkpoint_forged"
        /// The log ends before this place, which the head of the chain says was there.
        case truncated
        /// The log begins after this place, and no cut says that the events before were removed.
        case frontTruncated = "front_truncated"
        /// A record of a removal has a signature that authd did not make.
        case cutForged = "cut_forged"
        /// The segment that begins with this place has an opening record, or a key, that authd did not make.
        case segmentForged = "segment_forged"
        /// The record of the segment that begins with this place, or with an earlier one, is not there.
        case segmentMissing = "segment_missing"
        /// The head of the chain is not its last link.
        case headAltered = "head_altered"
        /// The log ends before this place, although a head that was signed later is known: the database was restored
        /// or the end was removed, and the operator has not accepted it.
        case headBehind = "head_behind"
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
