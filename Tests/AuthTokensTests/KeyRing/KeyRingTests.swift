// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthTokens
import Testing

@Suite("Key rings")
struct KeyRingTests {
    private let policy = KeyRotationPolicy(
        keySetLifetime: .seconds(600), tokenLifetime: .seconds(1_800), activePeriod: .seconds(86_400))

    private func key(_ id: String) throws -> SigningKey {
        try SigningKey(secret: [UInt8](repeating: 1, count: 32), id: id)
    }

    /// A ring whose key `a` signs since 0, with `b` pending since `pendingSince`.
    private func ring(pendingSince: Int64) throws -> KeyRing {
        try KeyRing(
            [
                KeyRing.Entry(key("a"), .active, since: .init(seconds: 0)),
                KeyRing.Entry(key("b"), .pending, since: .init(seconds: pendingSince)),
            ],
            policy: policy)
    }

    @Test("start with a key that signs at once")
    func firstRun() throws {
        var ring = try KeyRing(policy: policy)
        #expect(ring.stepsDue(at: .init(seconds: 0)) == [.generate])

        try ring.add(key("a"), at: .init(seconds: 0))
        #expect(ring.active == nil)
        #expect(ring.stepsDue(at: .init(seconds: 0)) == [.activate("a")])

        try ring.activate("a", at: .init(seconds: 0))
        #expect(ring.active?.id == "a")
        #expect(ring.stepsDue(at: .init(seconds: 0)).isEmpty)
    }

    @Test("accept a pending key before it signs", arguments: SigningKeyState.allCases)
    func acceptance(_ state: SigningKeyState) throws {
        let ring = try KeyRing([KeyRing.Entry(key("a"), state, since: .init(seconds: 0))], policy: policy)
        #expect((ring.verification(kid: "a") != nil) == (state != .retired))
        #expect((ring.verificationKeys.key(forID: "a") != nil) == (state != .retired))
        #expect((ring.active != nil) == (state == .active))
    }

    @Test("publish pending, active and retiring keys, HMAC never")
    func publication() throws {
        let states = SigningKeyState.allCases
        let entries = try states.map { KeyRing.Entry(try SigningKey(generating: .es256), $0, since: .init(seconds: 0)) }
        let ring = try KeyRing(
            entries + [KeyRing.Entry(key("secret"), .retiring, since: .init(seconds: 0))], policy: policy)

        #expect(ring.jwks.keys.map(\.effectiveID) == entries.filter { $0.state != .retired }.map(\.id))
    }

    @Test("activate a key only after verifiers could learn of it", arguments: [(599, false), (600, true)])
    func publicationTime(elapsed: Int64, isAllowed: Bool) throws {
        var ring = try ring(pendingSince: 100)
        if isAllowed {
            try ring.activate("b", at: .init(seconds: 100 + elapsed))
            #expect(ring.active?.id == "b")
            #expect(ring.entries.map(\.state) == [.retiring, .active])
            #expect(ring.entries.map(\.since) == [.init(seconds: 100 + elapsed), .init(seconds: 100 + elapsed)])
        } else {
            #expect(throws: KeyRing.ChangeError.tooEarly(until: .init(seconds: 700))) {
                try ring.activate("b", at: .init(seconds: 100 + elapsed))
            }
            #expect(ring.active?.id == "a")
        }
    }

    @Test("activate at once in an emergency")
    func emergency() throws {
        var ring = try ring(pendingSince: 100)
        try ring.activate("b", at: .init(seconds: 100), isEmergency: true)
        #expect(ring.active?.id == "b")
    }

    @Test("retire a key only when its last token has expired", arguments: [(1_799, false), (1_800, true)])
    func retirement(elapsed: Int64, isAllowed: Bool) throws {
        var ring = try KeyRing([KeyRing.Entry(key("a"), .retiring, since: .init(seconds: 100))], policy: policy)
        if isAllowed {
            try ring.retire("a", at: .init(seconds: 100 + elapsed))
            #expect(ring.verification(kid: "a") == nil)
        } else {
            #expect(throws: KeyRing.ChangeError.tooEarly(until: .init(seconds: 1_900))) {
                try ring.retire("a", at: .init(seconds: 100 + elapsed))
            }
            #expect(ring.verification(kid: "a") != nil)
        }
    }

    @Test("revoke a key in any state, and ask for another if it signed")
    func revocation() throws {
        var ring = try ring(pendingSince: 0)
        try ring.revoke("a", at: .init(seconds: 5))

        #expect(ring.active == nil)
        #expect(ring.verification(kid: "a") == nil)
        #expect(ring.jwks.keys.isEmpty)
        #expect(ring.stepsDue(at: .init(seconds: 5)) == [.activate("b")])
        try ring.activate("b", at: .init(seconds: 5))
        #expect(throws: KeyRing.ChangeError.wrongState(.retired)) { try ring.revoke("a", at: .init(seconds: 6)) }
    }

    @Test("never move a key backward or skip a state")
    func order() throws {
        for state in SigningKeyState.allCases {
            var ring = try KeyRing([KeyRing.Entry(key("a"), state, since: .init(seconds: 0))], policy: policy)
            if state != .pending {
                #expect(throws: KeyRing.ChangeError.wrongState(state)) {
                    try ring.activate("a", at: .init(seconds: 1_000_000))
                }
            }
            if state != .retiring {
                #expect(throws: KeyRing.ChangeError.wrongState(state)) {
                    try ring.retire("a", at: .init(seconds: 1_000_000))
                }
            }
        }
    }

    struct Due: CustomTestStringConvertible {
        let why: String
        let now: Int64
        let pendingSince: Int64?
        let steps: [KeyRing.Step]
        var testDescription: String { why }
    }

    static let schedule = [
        Due(why: "nothing for most of the time", now: 85_799, pendingSince: nil, steps: []),
        Due(why: "a successor in time to be published", now: 85_800, pendingSince: nil, steps: [.generate]),
        Due(why: "nothing while the active key has time left", now: 86_399, pendingSince: 85_000, steps: []),
        Due(why: "the change at the end of the period", now: 86_400, pendingSince: 85_800, steps: [.activate("b")]),
        Due(why: "patience with a key that came late", now: 86_400, pendingSince: 85_801, steps: []),
    ]

    @Test("say what is due", arguments: schedule)
    func due(_ example: Due) throws {
        var entries = [KeyRing.Entry(try key("a"), .active, since: .init(seconds: 0))]
        if let since = example.pendingSince {
            entries.append(KeyRing.Entry(try key("b"), .pending, since: .init(seconds: since)))
        }
        let ring = try KeyRing(entries, policy: policy)

        #expect(ring.stepsDue(at: .init(seconds: example.now)) == example.steps)
    }

    @Test("lose no verification key in a complete rotation")
    func rotation() throws {
        var ring = try KeyRing(policy: policy)
        var serial = 0
        var signed: [(id: String, at: Timestamp)] = []
        for now in stride(from: Int64(0), through: 300_000, by: 300).map(Timestamp.init(seconds:)) {
            while let step = ring.stepsDue(at: now).first {
                switch step {
                case .generate:
                    serial += 1
                    try ring.add(key("\(serial)"), at: now)
                case .activate(let id): try ring.activate(id, at: now)
                case .retire(let id): try ring.retire(id, at: now)
                }
            }
            signed.append((try #require(ring.active).id, now))
            for token in signed where now - token.at < policy.tokenLifetime {
                #expect(ring.verification(kid: token.id) != nil)
            }
        }
        #expect(Set(signed.map(\.id)).count == 4)
    }

    @Test("are not restored from contradictory rows")
    func contradictions() throws {
        let key = try key("a")
        #expect(throws: KeyRing.ChangeError.duplicate) {
            try KeyRing(
                [
                    KeyRing.Entry(key, .active, since: .init(seconds: 0)),
                    KeyRing.Entry(key, .pending, since: .init(seconds: 0)),
                ], policy: policy)
        }
        #expect(throws: KeyRing.ChangeError.severalActive) {
            try KeyRing(
                [
                    KeyRing.Entry(key, .active, since: .init(seconds: 0)),
                    KeyRing.Entry(self.key("b"), .active, since: .init(seconds: 0)),
                ],
                policy: policy)
        }
    }

    @Test("stop at the ends of time instead of overflowing")
    func extremes() throws {
        let policy = KeyRotationPolicy(
            keySetLifetime: .seconds(Int64.max), tokenLifetime: .seconds(Int64.max), activePeriod: .seconds(Int64.max))
        func steps(at time: Timestamp) throws -> [KeyRing.Step] {
            try KeyRing(
                [KeyRing.Entry(key("a"), .active, since: time), KeyRing.Entry(key("b"), .retiring, since: time)],
                policy: policy
            ).stepsDue(at: time)
        }

        #expect(try steps(at: Timestamp(microseconds: .min)) == [.generate])
        #expect(try steps(at: Timestamp(microseconds: .max)) == [.generate, .retire("b")])
    }
}
