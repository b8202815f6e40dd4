// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthStore

/// P1 to P3: values that are used once, parked callbacks and codes.
enum ProviderFlowChecks {
    static let all: [StoreCheck] = [
        StoreCheck("P1", "of concurrent calls that spend one value, one is true", on: spending),
        StoreCheck("P1", "a value stays spent until its end, and cannot be spent after it", on: spentUntil),
        StoreCheck("P2", "one callback is kept for a state, and taken once", on: parking),
        StoreCheck("P2", "a callback cannot be taken once it has expired", on: parkedUntil),
        StoreCheck("P3", "a code is redeemed once, also of concurrent calls", on: redeeming),
        StoreCheck("P3", "the third wrong verifier voids a code", on: wrongVerifiers),
        StoreCheck("P3", "a code that links is for its session alone, and one that signs in for none", on: sessions),
        StoreCheck("A5", "a code comes back as it was stored, whatever a provider says", on: roundTrip),
        StoreCheck("A8", "what a sign-in by a provider leaves is purged at its end, and not before", on: purge),
    ]

    private static func digest(_ octet: Int) -> [UInt8] {
        [UInt8](repeating: UInt8(truncatingIfNeeded: octet), count: 32)
    }

    private static let verifier = [UInt8](repeating: 7, count: 32)

    /// A code that lives for a minute.
    private static func code(
        _ octet: Int, _ test: StoreUnderTest, for purpose: ProviderCode.Purpose = .signIn, fullName: String? = nil
    ) throws -> ProviderCode {
        let profile = ProviderProfile(
            subject: try StoreUnderTest.subject("ada é"), email: try EmailAddress("Ada@Example.Test"),
            emailIsVerified: true, fullName: fullName, hostedDomain: fullName, domainOwnerVerified: fullName != nil)
        return ProviderCode(
            digest: digest(octet), purpose: purpose, challenge: verifier, provider: try ProviderName("corp"),
            profile: profile, scope: fullName == nil ? nil : .everything, source: fullName == nil ? nil : "192.0.2.7",
            expiresAt: test.context(60).now, wrongVerifiers: 0)
    }

    private static func redeem(
        _ octet: Int, _ test: StoreUnderTest, showing shown: [UInt8]? = verifier,
        by session: (UserID, SessionID)? = nil,
        at seconds: Int64 = 1
    ) async throws -> ProviderCodeOutcome {
        try await test.store.redeemProviderCode(
            digest(octet), verifierDigest: shown, by: session, context: test.context(seconds))
    }

    private static func spending(_ test: StoreUnderTest) async throws {
        for round in 0..<6 {
            let spent = try await concurrently(8) { _ in
                try await test.store.spend(digest(round), until: test.context(60).now, at: test.context().now)
            }
            try requireEqual(spent.count { $0 }, 1, "how many have spent it in round \(round)")
        }
    }

    private static func spentUntil(_ test: StoreUnderTest) async throws {
        func spend(_ octet: Int, at seconds: Int64) async throws -> Bool {
            try await test.store.spend(digest(octet), until: test.context(60).now, at: test.context(seconds).now)
        }
        func purge(at instant: Timestamp) async throws {
            _ = try await test.store.purge(expiredAt: instant, endedBefore: StoreUnderTest.start, limit: 100)
        }
        try require(try await spend(1, at: 0), "a fresh value is spent")
        try await purge(at: test.context(60).now - .microseconds(1))
        try require(try await !spend(1, at: 59), "it was spent again just before its end")
        try await purge(at: test.context(60).now)
        try require(try await !spend(1, at: 60), "it was spent at its end")
        try require(try await !spend(2, at: 60), "another one was spent at its end")
        try require(try await spend(2, at: 59), "another one is spent")
    }

    private static func parking(_ test: StoreUnderTest) async throws {
        let kept = try await concurrently(6) { number in
            try await test.store.park(
                ParkedCallback(
                    stateDigest: digest(1), sealed: [UInt8(number), 0, 255], expiresAt: test.context(300).now),
                at: test.context().now)
        }
        try requireEqual(kept.count { $0 }, 1, "how many were kept")
        let number = try requireValue(kept.firstIndex(of: true))
        try requireEqual(try await test.store.takeParked(digest(2), at: test.context(1).now), nil, "of another state")
        let taken = try await concurrently(6) { _ in
            try await test.store.takeParked(digest(1), at: test.context(1).now)
        }
        try requireEqual(taken.compactMap { $0 }, [[UInt8(number), 0, 255]], "what was taken")
        try requireEqual(try await test.store.takeParked(digest(1), at: test.context(1).now), nil, "once more")
    }

    private static func parkedUntil(_ test: StoreUnderTest) async throws {
        for (octet, end, instant) in [(1, 300, 299), (2, 300, 300), (3, 0, 0)] as [(Int, Int64, Int64)] {
            let callback = ParkedCallback(
                stateDigest: digest(octet), sealed: [1], expiresAt: test.context(end).now)
            try requireEqual(try await test.store.park(callback, at: test.context().now), end > 0, "whether it is kept")
            let taken = try await test.store.takeParked(digest(octet), at: test.context(instant).now)
            try requireEqual(taken, instant < end ? [1] : nil, "what is taken after \(instant) seconds")
        }
    }

    private static func redeeming(_ test: StoreUnderTest) async throws {
        for round in 0..<6 {
            let code = try code(round, test)
            try await test.store.putProviderCode(code, context: test.context())
            let outcomes = try await concurrently(6) { _ in try await redeem(round, test) }
            try requireEqual(outcomes.count { $0 == .accepted(code) }, 1, "how many have redeemed it")
            try requireEqual(outcomes.count { $0 == .unknown }, 5, "how many have not found it")
        }
        try await test.store.putProviderCode(try code(100, test), context: test.context())
        try requireEqual(try await redeem(100, test, at: 60), .unknown, "at its end")
        let twin = try code(100, test)
        do throws(StoreError) {
            try await test.store.putProviderCode(twin, context: test.context())
        } catch {
            try requireEqual(error, .conflict, "storing one with the same digest")
            return
        }
        throw ConformanceFailure(message: "two codes have one digest", location: #fileID)
    }

    private static func wrongVerifiers(_ test: StoreUnderTest) async throws {
        let wrong = [UInt8](repeating: 8, count: 32)
        for (octet, tries) in [(1, 2), (2, 3)] {
            let code = try code(octet, test)
            try await test.store.putProviderCode(code, context: test.context())
            for _ in 0..<tries { try requireEqual(try await redeem(octet, test, showing: wrong), .wrongVerifier) }
            let last = try await redeem(octet, test)
            switch last {
            case .accepted: try require(tries < 3, "a void code was redeemed")
            case .unknown: try require(tries == 3, "a code was void after \(tries) wrong verifiers")
            case .wrongVerifier: throw ConformanceFailure(message: "the verifier is wrong", location: #fileID)
            }
        }
        try requireEqual(try await redeem(9, test), .unknown, "a code that was never made")
    }

    private static func sessions(_ test: StoreUnderTest) async throws {
        let ada = try await test.make("ada", 1)
        let session = try await test.open(1, of: ada)
        let other = try await test.open(2, of: ada)
        let link = try code(1, test, for: .link(ada.id, session.id))
        try await test.store.putProviderCode(link, context: test.context())
        try await test.store.putProviderCode(try code(2, test), context: test.context())

        for _ in 0..<4 {
            try requireEqual(
                try await redeem(1, test, showing: [0], by: (ada.id, other.id)), .unknown, "in another session")
            try requireEqual(try await redeem(1, test, showing: [0]), .unknown, "without a session")
            try requireEqual(
                try await redeem(2, test, showing: [0], by: (ada.id, session.id)), .unknown,
                "one for a sign-in in a session")
        }
        guard case .accepted(let redeemed) = try await redeem(1, test, by: (ada.id, session.id)),
            case .accepted = try await redeem(2, test)
        else { throw ConformanceFailure(message: "what was refused to others was counted", location: #fileID) }
        try requireEqual(redeemed, link, "the code")
    }

    private static func roundTrip(_ test: StoreUnderTest) async throws {
        for (octet, name) in [nil, "", "e\u{301}\u{0}\"\\\u{1F600}", "\u{202E}x"].enumerated() {
            let code = try code(octet, test, fullName: name)
            try await test.store.putProviderCode(code, context: test.context())
            guard case .accepted(let redeemed) = try await redeem(octet, test) else {
                throw ConformanceFailure(message: "the code was not redeemed", location: #fileID)
            }
            try requireEqual(redeemed, code, "the code")
            try requireEqual(
                redeemed.profile.fullName.map { Array($0.utf8) }, name.map { Array($0.utf8) }, "the name in octets")
            try requireEqual(redeemed.profile.email?.original, "Ada@Example.Test", "the address")
        }
    }

    private static func purge(_ test: StoreUnderTest) async throws {
        let end = test.context(60).now
        for octet in 0..<4 {
            try await test.store.putProviderCode(try code(octet, test), context: test.context())
            _ = try await test.store.park(
                ParkedCallback(stateDigest: digest(octet), sealed: [1], expiresAt: end), at: test.context().now)
            _ = try await test.store.spend(digest(octet), until: end, at: test.context().now)
        }
        func purge(at instant: Timestamp) async throws -> Int {
            try await test.store.purge(expiredAt: instant, endedBefore: StoreUnderTest.start, limit: 3)
        }
        try requireEqual(try await purge(at: end - .microseconds(1)), 0, "before their end")
        try requireEqual(try await purge(at: end), 9, "at their end")
        try requireEqual(try await purge(at: end), 3, "once more")
        try requireEqual(try await purge(at: end), 0, "at last")
    }
}
