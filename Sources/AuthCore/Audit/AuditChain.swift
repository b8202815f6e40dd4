// SPDX-License-Identifier: Apache-2.0

/// Binds audit events into a chain of authentication codes, so that none can be changed, removed or moved without the
/// key of the segment.
///
/// The values that identify a person besides the user id (address, user agent, request) enter only as a salted code:
/// once salt and payload are erased, they cannot be recovered, yet the chain still verifies.
public struct AuditChain: Sendable {
    /// The length of a salt.
    public static let saltByteCount = 16

    private let authenticationCode: @Sendable ([UInt8]) -> [UInt8]

    /// Makes the chain of one segment, with the code of its key: 32 octets that also resist collisions, such as
    /// HMAC-SHA-256.
    public init(authenticationCode: @escaping @Sendable ([UInt8]) -> [UInt8]) {
        self.authenticationCode = authenticationCode
    }

    /// What the chain contains for the personal payload of an event.
    public func payloadDigest(of event: AuditEvent, salt: [UInt8]) -> [UInt8] {
        var encoding = AuditEncoding("authd/v1/audit-payload")
        encoding.append(octets: salt)
        encoding.append(event.source)
        encoding.append(event.userAgent)
        encoding.append(event.requestID)
        return authenticationCode(encoding.octets)
    }

    /// The chain with one event more.
    public func link(_ stored: StoredAuditEvent, payloadDigest: [UInt8], after previous: AuditLink) -> AuditLink {
        let sequence = previous.sequence &+ 1
        let event = stored.event
        var encoding = AuditEncoding("authd/v1/audit-event")
        encoding.append(octets: previous.digest)
        encoding.append(sequence)
        encoding.append(stored.cursor)
        encoding.append(event.at.microseconds)
        encoding.append(event.action.rawValue)
        encoding.append(event.refusal)
        encoding.append(event.actor)
        encoding.append(event.target)
        encoding.append(event.sessionID)
        encoding.append(octets: payloadDigest)
        // Only for counts above one, so that digests of single events equal those from before events had counts.
        if event.count > 1 {
            encoding.append("count")
            encoding.append(event.count)
        }
        return AuditLink(sequence: sequence, digest: authenticationCode(encoding.octets))
    }

    /// The seals of events, in their order.
    ///
    /// Each event takes ``saltByteCount`` random octets of `entropy`; the events for which too few are left get no
    /// seal.
    public func seals(
        for events: [StoredAuditEvent], after head: AuditLink, entropy: [UInt8]
    ) -> [AuditSeal] {
        var seals: [AuditSeal] = []
        var previous = head
        var rest = entropy[...]
        for stored in events {
            let salt = Array(rest.prefix(Self.saltByteCount))
            guard salt.count == Self.saltByteCount else { break }
            rest = rest.dropFirst(Self.saltByteCount)
            let payload = payloadDigest(of: stored.event, salt: salt)
            previous = link(stored, payloadDigest: payload, after: previous)
            seals.append(AuditSeal(link: previous, payloadDigest: payload, salt: salt))
        }
        return seals
    }
}

extension AuditChain {
    /// The link that the first event of a segment continues; its digest is the code of the opening record.
    public func opening(of segment: AuditSegment) -> AuditLink {
        var encoding = AuditEncoding("authd/v1/audit-segment")
        encoding.append(segment.number)
        encoding.append(segment.reason.rawValue)
        encoding.append(segment.openedAt.microseconds)
        encoding.append(segment.author)
        encoding.append(segment.found)
        encoding.append(segment.expected)
        return AuditLink(sequence: segment.found.link.sequence, digest: authenticationCode(encoding.octets))
    }

    /// What makes a head a checkpoint.
    public func signature(of head: AuditHead) -> [UInt8] {
        var encoding = AuditEncoding("authd/v1/audit-checkpoint")
        encoding.append(head)
        return authenticationCode(encoding.octets)
    }

    /// What makes a removal a legitimate one.
    public func signature(of cut: AuditCut) -> [UInt8] {
        var encoding = AuditEncoding("authd/v1/audit-cut")
        encoding.append(cut.through)
        encoding.append(cut.cutoff.microseconds)
        encoding.append(cut.at.microseconds)
        encoding.append(cut.author)
        encoding.append(cut.signedBy)
        return authenticationCode(encoding.octets)
    }
}
