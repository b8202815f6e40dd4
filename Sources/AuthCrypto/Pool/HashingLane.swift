// SPDX-License-Identifier: Apache-2.0

/// Which places of the queue a job may wait in, where more is asked for than can be done.
public enum HashingLane: Hashable, Sendable {
    /// The open places, three quarters of the queue, for every caller.
    case open
    /// The reserved places, a quarter of the queue, for callers that were known before they asked.
    ///
    /// At most one waiting job of a holder takes a reserved place; the others wait in open ones.
    case reserved(for: HashingHolder)
}

/// The caller that a reserved place counts for: an opaque name, equal for all jobs that share one place.
public struct HashingHolder: Hashable, Sendable {
    private let octets: [UInt8]

    /// Names a holder by octets of the caller's choice, such as those of a user's id.
    public init(_ octets: [UInt8]) {
        self.octets = octets
    }
}
