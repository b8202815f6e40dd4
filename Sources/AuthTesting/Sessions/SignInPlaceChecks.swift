// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthStore

/// S12: from where users have signed in.
enum SignInPlaceChecks {
    static let all: [StoreCheck] = [
        StoreCheck("S12", "a place is new once, and audited once", on: newOnce),
        StoreCheck("S12", "of concurrent sign-ins from one place, one is new", on: racing),
        StoreCheck("S12", "an expected place is remembered and not audited", on: expected),
        StoreCheck("S12", "a place under an earlier key is known, and stored under the current one", on: changedKey),
        StoreCheck("S12", "of fifty places the one that was not used for longest is evicted", on: evicting),
        StoreCheck("S12", "places go with their user, and are purged after their time", on: removing),
    ]

    private static let day: Int64 = 86_400

    private static func digest(_ number: Int) -> [UInt8] {
        [UInt8](repeating: UInt8(truncatingIfNeeded: number), count: 32)
    }

    private static func signIn(
        _ test: StoreUnderTest, _ user: User, at place: Int..., seconds: Int64 = 0, isExpected: Bool = false
    ) async throws -> Bool {
        try await test.store.rememberSignIn(
            at: place.map(digest), of: user.id, isExpected: isExpected, context: test.context(seconds))
    }

    private static func audited(_ test: StoreUnderTest) async throws -> [UserID?] {
        try await test.audit().filter { $0.action == .signInFromNewDevice }.map(\.target)
    }

    private static func newOnce(_ test: StoreUnderTest) async throws {
        let ada = try await test.make("ada", 1)
        let bob = try await test.make("bob", 2)
        var news: [Bool] = []
        for seconds in [0, 1, day, 2 * day, 91 * day, 182 * day] {
            news.append(try await signIn(test, ada, at: 1, seconds: seconds))
        }
        // Each sign-in keeps the place for another ninety days.
        try requireEqual(news, [true, false, false, false, false, true], "whether the device is new")
        try requireEqual(try await signIn(test, bob, at: 1), true, "for another user")
        try requireEqual(try await audited(test), [ada.id, ada.id, bob.id], "the audit")
    }

    private static func racing(_ test: StoreUnderTest) async throws {
        let ada = try await test.make("ada", 1)
        let news = try await withThrowingTaskGroup(of: Bool.self) { group in
            for _ in 0..<8 { group.addTask { try await signIn(test, ada, at: 1) } }
            return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
        }
        try requireEqual(news, 1, "how many were new")
        try requireEqual(try await audited(test), [ada.id], "the audit")
    }

    private static func expected(_ test: StoreUnderTest) async throws {
        let ada = try await test.make("ada", 1)
        try requireEqual(try await signIn(test, ada, at: 1, isExpected: true), false, "the expected one")
        try requireEqual(try await signIn(test, ada, at: 1, seconds: 1), false, "the same place later")
        try requireEqual(try await audited(test), [], "the audit")
    }

    private static func changedKey(_ test: StoreUnderTest) async throws {
        let ada = try await test.make("ada", 1)
        _ = try await signIn(test, ada, at: 1)
        try requireEqual(try await signIn(test, ada, at: 2, 1, seconds: 1), false, "under both keys")
        try requireEqual(try await signIn(test, ada, at: 2, seconds: 2), false, "under the new key alone")
        try requireEqual(try await signIn(test, ada, at: 1, seconds: 3), true, "under the old key alone")
    }

    private static func evicting(_ test: StoreUnderTest) async throws {
        let ada = try await test.make("ada", 1)
        for number in 0..<NewDevice.placesPerUser {
            try requireEqual(try await signIn(test, ada, at: number, seconds: Int64(number)), true, "place \(number)")
        }
        // The user was told of all of them today.
        try requireEqual(try await signIn(test, ada, at: 50, seconds: 60), false, "one more on the same day")
        _ = try await signIn(test, ada, at: 0, seconds: 2 * day)
        try requireEqual(try await signIn(test, ada, at: 51, seconds: 2 * day), true, "one more on another day")
        try requireEqual(try await signIn(test, ada, at: 0, seconds: 2 * day), false, "the first, which was used again")
        try requireEqual(try await signIn(test, ada, at: 2, seconds: 2 * day), false, "the third")
        try requireEqual(try await signIn(test, ada, at: 1, seconds: 2 * day), true, "the evicted second")
    }

    private static func removing(_ test: StoreUnderTest) async throws {
        let ada = try await test.make("ada", 1)
        let bob = try await test.make("bob", 2)
        for user in [ada, bob] { _ = try await signIn(test, user, at: 1) }
        func purge(_ seconds: Int64) async throws -> Int {
            let now = test.context(seconds).now
            return try await test.store.purge(expiredAt: now, endedBefore: now, limit: 10)
        }
        _ = try await test.store.perform(.delete, on: bob.id, context: test.context(1))
        try requireEqual(try await signIn(test, bob, at: 2, seconds: 2), false, "for a user who does not exist")
        let early = try await purge(90 * day - 1)
        let late = try await purge(90 * day)
        let again = try await purge(90 * day)
        // The entry of the removed user in the change feed is purged, too, as long as there is one.
        try requireEqual([late, again], [1, 0], "what a purge removes after the time (before: \(early))")
    }
}
