// SPDX-License-Identifier: Apache-2.0

import AuthCore
import Testing

@Suite("Chain of the audit log") struct AuditChainTests {
    /// The octets themselves instead of a digest: whatever is encoded differently is then seen to differ.
    private static let bare = AuditChain { $0 }

    /// FNV-1a, repeated to 32 octets: quick, and sufficient without an attacker who looks for collisions.
    private static let chain = AuditChain { message in
        let hash = message.reduce(0xcbf2_9ce4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x0100_0000_01b3 }
        return (0..<32).map { UInt8(truncatingIfNeeded: hash >> UInt64($0 % 8 * 8)) }
    }

    private static func id(_ number: UInt64) -> UUIDv7 { UUIDv7(high: 1, low: number) }

    private static func event(
        at microseconds: Int64 = 5, action: AuditAction = .signIn, refusal: String? = nil, actor: UInt64? = nil,
        target: UInt64? = nil, session: UInt64? = nil, source: String? = nil, userAgent: String? = nil,
        requestID: String? = nil, count: Int64 = 1
    ) -> AuditEvent {
        AuditEvent(
            at: Timestamp(microseconds: microseconds), action: action, refusal: refusal,
            actor: actor.map { UserID(id($0)) }, target: target.map { UserID(id($0)) },
            sessionID: session.map { SessionID(id($0)) }, source: source, userAgent: userAgent, requestID: requestID,
            count: count)
    }

    @Test("events that differ in anything are encoded differently, also where text moves from one field to the next")
    func unambiguity() {
        let variants = [
            Self.event(), Self.event(at: 6), Self.event(at: -5), Self.event(action: .signOut), Self.event(refusal: ""),
            Self.event(refusal: "a"), Self.event(refusal: "a\0"), Self.event(actor: 1), Self.event(target: 1),
            Self.event(session: 1), Self.event(actor: 1, target: 1), Self.event(actor: 1, session: 1),
            Self.event(target: 1, session: 1), Self.event(refusal: "a", actor: 1),
            Self.event(count: 2), Self.event(count: 3), Self.event(refusal: "a", count: 2),
        ]
        let encodings = variants.map {
            Self.bare.link(StoredAuditEvent(cursor: 1, event: $0), payloadDigest: [1], after: .start).digest
        }
        #expect(Set(encodings).count == variants.count)

        let event = StoredAuditEvent(cursor: 1, event: Self.event())
        let places = [
            Self.bare.link(event, payloadDigest: [1], after: .start),
            Self.bare.link(event, payloadDigest: [2], after: .start),
            Self.bare.link(event, payloadDigest: [1], after: AuditLink(sequence: 1, digest: AuditLink.start.digest)),
            Self.bare.link(event, payloadDigest: [1], after: AuditLink(sequence: 0, digest: [1])),
            Self.bare.link(
                StoredAuditEvent(cursor: 2, event: event.event), payloadDigest: [1], after: .start),
        ]
        #expect(Set(places.map(\.digest)).count == places.count)
    }

    @Test("an event that happened once has the digest that it had before events were counted")
    func countOfOne() {
        let event = Self.event(refusal: "a")
        let link = Self.bare.link(StoredAuditEvent(cursor: 1, event: event), payloadDigest: [1], after: .start)

        // The length of a text and its octets, the last of all the payload's digest: nothing follows it.
        #expect(link.digest.suffix(9) == [0, 0, 0, 0, 0, 0, 0, 1, 1])
    }

    @Test("payloads that differ in anything are encoded differently")
    func payloads() {
        let variants = [
            Self.event(), Self.event(source: ""), Self.event(source: "ab"), Self.event(userAgent: "ab"),
            Self.event(requestID: "ab"), Self.event(source: "a", userAgent: "b"),
            Self.event(source: "ab", userAgent: ""),
            Self.event(source: "", userAgent: "ab"), Self.event(userAgent: "a", requestID: "b"),
        ]
        let encodings = variants.map { Self.bare.payloadDigest(of: $0, salt: [1]) }

        #expect(Set(encodings).count == variants.count)
        #expect(Self.bare.payloadDigest(of: Self.event(), salt: [2]) != encodings[0])
        #expect(
            Self.bare.payloadDigest(of: Self.event(actor: 1), salt: [1]) == encodings[0],
            "who it was stands in the chain itself")
    }

    @Test("without entropy there is no seal")
    func entropy() {
        let events = (1...3).map { StoredAuditEvent(cursor: $0, event: Self.event()) }

        let seals = Self.chain.seals(for: events, after: .start, entropy: [UInt8](0..<40))

        #expect(seals.map(\.salt) == [[UInt8](0..<16), [UInt8](16..<32)])
        #expect(seals.map(\.link.sequence) == [1, 2])
    }

    // MARK: Going through it

    private static let log: [AuditEntry] = {
        let events = (1...6).map {
            StoredAuditEvent(
                cursor: $0, event: event(at: $0, actor: UInt64($0), source: "192.0.2.\($0)", userAgent: "probe"))
        }
        let seals = chain.seals(for: events, after: first.start.link, entropy: [UInt8](0..<96))
        return zip(events, seals).map { stored, seal in
            AuditEntry(
                sequence: seal.link.sequence,
                event: StoredAuditEvent(cursor: stored.cursor, event: stored.event, seal: seal))
        }
    }()

    private static var heads: [AuditHead] {
        log.compactMap { $0.event?.seal.map { AuditHead(segment: 1, link: $0.link) } }
    }

    private static let first = AuditVerification.Segment(
        AuditSegment(
            number: 1, reason: .firstStart, openedAt: Timestamp(microseconds: 1), author: "authd", found: .start),
        chain: chain)

    private static func changed(
        _ entry: AuditEntry, to event: AuditEvent? = nil, cursor: Int64? = nil, sealed seal: (AuditSeal) -> AuditSeal
    ) -> AuditEntry {
        guard let stored = entry.event, let old = stored.seal else { return entry }
        return AuditEntry(
            sequence: entry.sequence,
            event: StoredAuditEvent(cursor: cursor ?? stored.cursor, event: event ?? stored.event, seal: seal(old)))
    }

    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let fault: AuditFault?
        var checkpoints: [AuditHead] = []
        var head: AuditHead = heads[5]
        let log: @Sendable ([AuditEntry]) -> [AuditEntry]
    }

    static let cases: [Case] = [
        Case(testDescription: "nothing", fault: nil, checkpoints: heads) { $0 },
        Case(testDescription: "no event at all", fault: nil, head: first.start) { _ in [] },
        Case(testDescription: "a row that is gone", fault: AuditFault(3, .missing)) { Array($0[..<2] + $0[3...]) },
        Case(testDescription: "the first row that is gone", fault: AuditFault(1, .frontTruncated)) { Array($0[1...]) },
        Case(testDescription: "a row that cannot be read", fault: AuditFault(4, .altered)) { log in
            log.map { $0.sequence == 4 ? AuditEntry(sequence: 4, event: nil) : $0 }
        },
        Case(testDescription: "a changed actor", fault: AuditFault(2, .altered)) { log in
            log.map { entry in
                entry.sequence == 2
                    ? changed(entry, to: event(at: 2, actor: 9, source: "192.0.2.2", userAgent: "probe")) { $0 }
                    : entry
            }
        },
        Case(testDescription: "a changed cursor", fault: AuditFault(2, .altered)) { log in
            log.map { entry in entry.sequence == 2 ? changed(entry, cursor: 77) { $0 } : entry }
        },
        Case(testDescription: "rows that changed places", fault: AuditFault(2, .altered)) { log in
            [
                log[0], AuditEntry(sequence: 2, event: log[2].event), AuditEntry(sequence: 3, event: log[1].event),
                log[3],
            ]
        },
        Case(testDescription: "a row that comes again", fault: AuditFault(2, .outOfOrder)) { log in
            [log[0], log[1], log[1], log[2]]
        },
        Case(testDescription: "a changed address", fault: AuditFault(5, .payloadAltered)) { log in
            log.map { entry in
                entry.sequence == 5
                    ? changed(entry, to: event(at: 5, actor: 5, source: "192.0.2.99", userAgent: "probe")) { $0 }
                    : entry
            }
        },
        Case(testDescription: "a payload without its salt", fault: AuditFault(5, .payloadAltered)) { log in
            log.map { entry in entry.sequence == 5 ? changed(entry, sealed: \.withoutSalt) : entry }
        },
        Case(testDescription: "an erased payload", fault: nil, checkpoints: [heads[5]]) { log in
            log.map { entry in
                entry.sequence == 5 ? changed(entry, to: event(at: 5, actor: 5), sealed: \.withoutSalt) : entry
            }
        },
        Case(
            testDescription: "the end that is gone, behind a checkpoint", fault: AuditFault(4, .headBehind),
            checkpoints: [heads[4]], head: heads[2]
        ) { Array($0[..<3]) },
        Case(testDescription: "the end that is gone, behind the head", fault: AuditFault(6, .truncated)) {
            Array($0[..<5])
        },
        Case(testDescription: "a head that was lowered", fault: AuditFault(7, .headAltered), head: heads[3]) { $0 },
        Case(
            testDescription: "a head with another digest", fault: AuditFault(7, .headAltered),
            head: AuditHead(segment: 1, link: AuditLink(sequence: 6, digest: [1]))
        ) { $0 },
        Case(
            testDescription: "a chain made anew", fault: AuditFault(4, .checkpointMismatch),
            checkpoints: [AuditHead(segment: 1, link: AuditLink(sequence: 4, digest: [0]))]
        ) { $0 },
        Case(
            testDescription: "a chain made anew in another segment", fault: AuditFault(4, .checkpointMismatch),
            checkpoints: [AuditHead(segment: 2, link: heads[3].link)]
        ) { $0 },
    ]

    @Test("the first fault is reported", arguments: cases)
    func verification(_ test: Case) {
        var verification = AuditVerification([Self.first], upTo: test.head, expecting: test.checkpoints)
        var fault: AuditFault?
        for entry in test.log(Self.log) where fault == nil { fault = verification.take(entry) }

        #expect(fault ?? verification.end(at: test.head) == test.fault)
    }

    @Test("verification can begin at any link, and ignores the checkpoints before")
    func beginning() {
        var verification = AuditVerification(
            [Self.first], after: Self.heads[2], upTo: Self.heads[5],
            expecting: [AuditHead(segment: 1, link: AuditLink(sequence: 2, digest: [])), Self.heads[5]])

        for entry in Self.log[3...] { #expect(verification.take(entry) == nil) }

        #expect(verification.end(at: Self.heads[5]) == nil)
        #expect(verification.count == 3)
    }

    @Test("without the segment's record nothing is verified")
    func segmentMissing() throws {
        var verification = AuditVerification([], upTo: Self.heads[5])

        #expect(verification.take(try #require(Self.log.first)) == AuditFault(1, .segmentMissing))
    }
}

extension AuditSeal {
    fileprivate var withoutSalt: AuditSeal { AuditSeal(link: link, payloadDigest: payloadDigest, salt: nil) }
}
