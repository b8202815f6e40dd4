// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthStore

/// X10 to X14: counts, budgets and keys.
enum SupabaseKeyChecks {
    static let all: [StoreCheck] = [
        StoreCheck("X10", "a count is that of all pages", on: counts),
        StoreCheck("X11", "a budget tells when the next is admitted, and takes nothing then", on: budget),
        StoreCheck("X11", "concurrent calls do not exceed a budget", on: concurrentBudget),
        StoreCheck("X12", "keys are stored unchanged, and found by id and digest", on: storing),
        StoreCheck("X12", "two of a form are live at a time", on: places),
        StoreCheck("X12", "of concurrent calls for the last place one is done", on: lastPlace),
        StoreCheck("X13", "a key is revoked once, and an unknown one never", on: revocation),
        StoreCheck("X13", "the last use of a key only moves forward", on: uses),
        StoreCheck("X14", "of concurrent first calls all get the same signing key", on: signingKey),
    ]

    /// A key that is not stored yet; an opaque one has a digest of its number.
    static func key(_ number: Int, _ form: SupabaseKey.Form, at seconds: Int64 = 0, _ test: StoreUnderTest)
        -> SupabaseKey
    {
        let now = test.context(seconds).now
        return SupabaseKey(
            id: SupabaseKeyID(StoreUnderTest.uuid(90_000 + number)), form: form,
            digest: form == .opaque ? [UInt8](repeating: UInt8(truncatingIfNeeded: number), count: 32) : nil,
            name: "Schlüssel \(number)", creator: number.isMultiple(of: 2) ? nil : UserID(StoreUnderTest.uuid(9)),
            createdAt: now, expiresAt: now + .seconds(365 * 86_400))
    }

    private static func add(_ key: SupabaseKey, at seconds: Int64 = 0, _ test: StoreUnderTest) async throws -> Bool {
        try await test.store.addSupabaseKey(key, context: test.context(seconds))
    }

    private static func counts(_ test: StoreUnderTest) async throws {
        for number in 0..<12 {
            try await test.make(
                number.isMultiple(of: 3) ? "ada\(number)" : "bob\(number)", number, role: number < 4 ? .guest : .user)
        }
        let queries = [
            UserQuery(), UserQuery(role: .guest), UserQuery(search: "ADA"), UserQuery(isActive: false),
            UserQuery(role: .user, isActive: true, search: "bob"), UserQuery(search: "\0"),
            UserQuery(start: .offset(5), limit: 2),
        ]
        var counts: [Int64] = []
        for query in queries { counts.append(try await test.store.userCount(matching: query)) }
        try requireEqual(counts, [12, 4, 4, 0, 6, 0, 12], "the counts")
    }

    private static func budget(_ test: StoreUnderTest) async throws {
        let budget = StoreUnderTest.budget(1, perHour: 2, perDay: 3)
        func take(_ seconds: Int64) async throws -> Timestamp? {
            try await test.store.takeSupabaseBudget(budget, at: test.context(seconds).now)
        }
        try requireEqual(try await take(0), nil, "the first")
        try requireEqual(try await take(0), nil, "the second")
        try requireEqual(try await take(0), test.context(1_800).now, "the third")
        try requireEqual(try await take(1_799), test.context(1_800).now, "the third, later")
        try requireEqual(try await take(1_800), nil, "the third in time")
        // Three are taken of the day, whatever the hour has.
        try requireEqual(try await take(10_000), test.context(28_800).now, "the fourth")
        try requireEqual(
            try await test.store.takeSupabaseBudget(StoreUnderTest.budget(2), at: test.context().now), nil, "another")
        try requireEqual(try await test.audit(), [], "the audit log")
    }

    private static func concurrentBudget(_ test: StoreUnderTest) async throws {
        let budget = StoreUnderTest.budget(1, perHour: 5, perDay: 5)
        let outcomes = try await concurrently(12) { _ in
            try await test.store.takeSupabaseBudget(budget, at: test.context().now)
        }
        try requireEqual(outcomes.count { $0 == nil }, 5, "how many were taken")
    }

    private static func storing(_ test: StoreUnderTest) async throws {
        let keys = [key(1, .opaque, test), key(2, .jwt, at: 1, test), key(3, .opaque, at: 2, test)]
        for (seconds, key) in keys.enumerated() {
            try require(try await add(key, at: Int64(seconds), test), "a key was not stored")
            try requireEqual(try await test.store.supabaseKey(key.id), key, "the key")
        }
        try requireEqual(try await test.store.supabaseKeys(), keys.reversed(), "the keys")
        for key in keys {
            if let digest = key.digest {
                try requireEqual(try await test.store.supabaseKey(digest: digest), key, "the key of a digest")
            }
        }
        try requireEqual(
            try await test.store.supabaseKey(digest: [UInt8](repeating: 99, count: 32)), nil, "an unknown digest")
        let events = try await test.audit()
        try requireEqual(events.map(\.action), keys.map { _ in .supabaseKeyCreated }, "the audit log")
        try requireEqual(events.map(\.target), keys.map { UserID($0.id.uuid) }, "whom it is about")
        try requireEqual(try await test.feed(), [], "the feed")
        try requireEqual(try await test.store.orphanCount(), 0, "the rows without their user")
    }

    private static func places(_ test: StoreUnderTest) async throws {
        for number in 1...2 {
            try require(try await add(key(number, .opaque, test), test), "key \(number) was refused")
            try require(try await add(key(number + 10, .jwt, test), test), "token \(number) was refused")
        }
        try require(!(try await add(key(3, .opaque, test), test)), "a third key was stored")
        try requireEqual(try await test.store.supabaseKey(key(3, .opaque, test).id), nil, "the third key")
        try requireEqual(try await test.audited("too_many_keys"), [.supabaseKeyCreated], "the audit log")
        _ = try await test.store.revokeSupabaseKey(key(1, .opaque, test).id, context: test.context(1))
        try require(try await add(key(3, .opaque, at: 2, test), at: 2, test), "a place is not free after a revocation")
        let later = Int64(365 * 86_400)
        try require(
            try await add(key(4, .opaque, at: later, test), at: later, test), "a place is not free after an expiry")
    }

    private static func lastPlace(_ test: StoreUnderTest) async throws {
        try require(try await add(key(1, .opaque, test), test), "the first was refused")
        let outcomes = try await concurrently(8) { number in
            try await add(key(number + 2, .opaque, test), test)
        }
        try requireEqual(outcomes.count { $0 }, 1, "how many were done")
        try requireEqual(try await test.store.supabaseKeys().count, 2, "how many keys there are")
    }

    private static func revocation(_ test: StoreUnderTest) async throws {
        let key = key(1, .jwt, test)
        _ = try await add(key, test)
        for seconds in [1, 2] as [Int64] {
            let revoked = try requireValue(
                try await test.store.revokeSupabaseKey(key.id, context: test.context(seconds)), "the key")
            try requireEqual(revoked.revokedAt, test.context(1).now, "when it was revoked")
            try requireEqual(try await test.store.supabaseKey(key.id), revoked, "the key as stored")
        }
        let unknown = SupabaseKeyID(StoreUnderTest.uuid(5))
        try requireEqual(
            try await test.store.revokeSupabaseKey(unknown, context: test.context(3)), nil, "an unknown key")
        try requireEqual(
            try await test.audit().map(\.action), [.supabaseKeyCreated, .supabaseKeyRevoked], "the audit log")
    }

    private static func uses(_ test: StoreUnderTest) async throws {
        let key = key(1, .jwt, test)
        _ = try await add(key, test)
        for (seconds, expected) in [(5, 5), (3, 5), (9, 9)] as [(Int64, Int64)] {
            try await test.store.noteSupabaseKeyUse(key.id, at: test.context(seconds).now)
            try requireEqual(
                try await test.store.supabaseKey(key.id)?.lastUsedAt, test.context(expected).now, "the last use")
        }
        try await test.store.noteSupabaseKeyUse(SupabaseKeyID(StoreUnderTest.uuid(5)), at: test.context().now)
        try requireEqual(try await test.store.supabaseKeys().count, 1, "how many keys there are")
    }

    private static func signingKey(_ test: StoreUnderTest) async throws {
        let answers = try await concurrently(8) { number in
            try await test.store.supabaseSigningKey(orStore: [UInt8(number), 0, 255])
        }
        let sealed = try requireValue(answers.first, "the key")
        try require(answers.allSatisfy { $0 == sealed }, "the answers differ: \(answers)")
        try require(!(try await test.store.replaceSupabaseSigningKey([9, 9], by: [1])), "another one was replaced")
        try require(try await test.store.replaceSupabaseSigningKey(sealed, by: [1]), "it was not replaced")
        try requireEqual(try await test.store.supabaseSigningKey(orStore: [2]), [1], "the key afterwards")
        // The root key's check is another setting.
        try requireEqual(try await test.store.rootKeyCheck(orStore: [7]), [7], "the root key's check")
    }
}
