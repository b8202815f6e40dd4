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

/// Goes through the log from place to place and reports the first fault.
public struct AuditVerification: Sendable {
    /// A segment whose key was opened and whose opening record was found authentic.
    public struct Segment: Sendable {
        /// The opening record.
        public let segment: AuditSegment
        /// Makes its links.
        public let chain: AuditChain
        /// The chain with the opening record and no event yet.
        public var start: AuditHead { AuditHead(segment: segment.number, link: chain.opening(of: segment)) }

        /// Takes a segment with the chain of its key.
        public init(_ segment: AuditSegment, chain: AuditChain) {
            self.segment = segment
            self.chain = chain
        }
    }

    /// The chain up to the last place that was found correct.
    public private(set) var head: AuditHead
    /// How many places were found correct.
    public private(set) var count: Int64 = 0
    /// How many of them have had their payload erased.
    public private(set) var erasedCount: Int64 = 0
    /// The heads that were to be met and that an accepted restore has lost.
    public let lost: [AuditHead]

    private let newestSegment: Int64
    private let beginsAtFront: Bool
    private var chain: AuditChain?
    private var segments: ArraySlice<Segment>
    private var expected: ArraySlice<AuditHead>

    /// Begins after a trusted head.
    ///
    /// - Parameters:
    ///   - segments: Every segment, also those from before `start`.
    ///   - start: The head to begin after: of the newest cut, of a head that this process has signed, or `.start`.
    ///   - stored: The head in the store, up to which the log is verified.
    ///   - beginsAtFront: Whether the first place of the log must be the one after `start`.
    ///   - expected: Heads that were signed, and that the chain must pass; those up to `start` are ignored. The caller
    ///     has verified their signatures.
    public init(
        _ segments: [Segment], after start: AuditHead = .start, upTo stored: AuditHead, beginsAtFront: Bool = true,
        expecting expected: [AuditHead] = []
    ) {
        head = start
        newestSegment = stored.segment
        self.beginsAtFront = beginsAtFront
        let ordered = segments.sorted { $0.segment.number < $1.segment.number }
        chain = ordered.last { $0.segment.number == start.segment }?.chain
        self.segments = ordered.filter { $0.segment.number > start.segment }[...]
        let later = expected.filter(start.precedes)
        lost = later.filter { head in ordered.contains { $0.segment.gaveUp(head) } }
        self.expected =
            later.filter { head in !ordered.contains { $0.segment.gaveUp(head) } }.sorted { $0.precedes($1) }[...]
    }

    /// Takes the next place.
    ///
    /// - Returns: The fault; nothing more is to be taken then.
    public mutating func take(_ entry: AuditEntry) -> AuditFault? {
        if let fault = openSegments() { return fault }
        let sequence = head.link.sequence &+ 1
        guard entry.sequence >= sequence else { return AuditFault(entry.sequence, .outOfOrder) }
        guard entry.sequence == sequence else {
            return AuditFault(sequence, count == 0 && beginsAtFront ? .frontTruncated : .missing)
        }
        guard let chain else { return AuditFault(sequence, .segmentMissing) }
        guard let stored = entry.event, let seal = stored.seal,
            chain.link(stored, payloadDigest: seal.payloadDigest, after: head.link) == seal.link
        else { return AuditFault(sequence, isSegmentMissing ? .segmentMissing : .altered) }
        if let salt = seal.salt {
            guard chain.payloadDigest(of: stored.event, salt: salt) == seal.payloadDigest else {
                return AuditFault(sequence, .payloadAltered)
            }
        } else {
            let event = stored.event
            guard event.source == nil, event.userAgent == nil, event.requestID == nil else {
                return AuditFault(sequence, .payloadAltered)
            }
        }
        if let fault = move(to: AuditHead(segment: head.segment, link: seal.link)) { return fault }
        if seal.salt == nil { erasedCount += 1 }
        count += 1
        return nil
    }

    /// Judges the end of the log, after every place up to the stored head was taken; the head was read before the places.
    public mutating func end(at stored: AuditHead) -> AuditFault? {
        if let fault = openSegments() { return fault }
        let next = head.link.sequence &+ 1
        guard segments.isEmpty, stored.link.sequence < next else { return AuditFault(next, .truncated) }
        guard stored == head else {
            return AuditFault(next, stored.segment > head.segment ? .segmentMissing : .headAltered)
        }
        return expected.isEmpty ? nil : AuditFault(next, .headBehind)
    }

    /// Goes over to the segments that begin after the last place.
    private mutating func openSegments() -> AuditFault? {
        while let next = segments.first, next.segment.found.link.sequence <= head.link.sequence {
            let place = head.link.sequence &+ 1
            guard next.segment.follows(head.segment) else { return AuditFault(place, .segmentMissing) }
            guard next.segment.found == head else { return AuditFault(place, .segmentForged) }
            segments.removeFirst()
            chain = next.chain
            if let fault = move(to: next.start) { return fault }
        }
        return nil
    }

    private mutating func move(to next: AuditHead) -> AuditFault? {
        while let signed = expected.first, !next.precedes(signed) {
            guard signed == next else { return AuditFault(signed.link.sequence, .checkpointMismatch) }
            expected.removeFirst()
        }
        head = next
        return nil
    }

    /// Whether the segment after this one is not there.
    private var isSegmentMissing: Bool {
        guard let next = segments.first else { return newestSegment > head.segment }
        return next.segment.found.segment != head.segment || !next.segment.follows(head.segment)
    }
}

extension AuditSegment {
    /// Whether the operator accepted, by opening this segment, that `head` is gone.
    fileprivate func gaveUp(_ head: AuditHead) -> Bool {
        reason == .restoreAccepted && number > head.segment && (found.precedes(head) || expected == head)
    }
}
