// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthStore

/// L1 to L5: the budgets for failed sign-ins.
enum SignInLimitChecks {
    static let all: [StoreCheck] = [
        StoreCheck("L1", "a budget is stored unchanged, separate from others", on: roundTrip),
        StoreCheck("L2", "failures add up as the rule says", on: sequence),
        StoreCheck("L2", "concurrent failures are all counted", on: concurrent),
        StoreCheck("L2", "concurrent failures against the same two budgets do not deadlock", on: crossed),
        StoreCheck("L3", "an attempt that was rejected before its check changes no budget", on: uncounted),
        StoreCheck("L4", "each failure writes its event", on: audit),
        StoreCheck("L5", "a cleared budget is whole, and the others stay", on: clearing),
        StoreCheck("A8", "a budget is purged when it is whole again, and not before", on: purging),
    ]

    private static func key(_ kind: SignInBudget.Kind, _ octet: UInt8) -> SignInBudgetKey {
        SignInBudgetKey(kind, digest: [UInt8](repeating: octet, count: 32))
    }

    private static let source = key(.source, 1)
    private static let user = key(.user, 2)
    private static let device = key(.device, 3)

    private static func fail(
        _ test: StoreUnderTest, _ keys: [SignInBudgetKey], counts: Bool = true, at seconds: Int64 = 0
    ) async throws(StoreError) {
        let context = test.context(seconds)
        let event = AuditEvent(.signIn, refusal: SignInRefusal.wrongPassword.rawValue, in: context)
        try await test.store.noteSignInFailure(event, against: keys, counts: counts, at: context.now)
    }

    private static func roundTrip(_ test: StoreUnderTest) async throws {
        try requireEqual(try await test.store.signInBudgets([source, user, device]), [:], "the unused budgets")
        try requireEqual(try await test.store.signInBudgets([]), [:], "no budgets at all")

        try await fail(test, [source, user])

        let now = test.context().now
        try requireEqual(
            try await test.store.signInBudgets([source, user, device]),
            [
                source: SignInThrottle.afterFailure(.unused, of: .source, at: now),
                user: SignInThrottle.afterFailure(.unused, of: .user, at: now),
            ], "the budgets after a failure")
        try requireEqual(try await test.store.signInBudgets([device]), [:], "the budget of another")
    }

    private static func sequence(_ test: StoreUnderTest) async throws {
        var expected = SignInBudget.unused
        for second in Int64(0)..<8 {
            try await fail(test, [source], at: second)
            expected = SignInThrottle.afterFailure(expected, of: .source, at: test.context(second).now)
            try requireEqual(
                try await test.store.signInBudgets([source]), [source: expected], "after failure \(second + 1)")
        }
    }

    private static func concurrent(_ test: StoreUnderTest) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<10 { group.addTask { try await fail(test, [source, user]) } }
            try await group.waitForAll()
        }
        let budgets = try await test.store.signInBudgets([source, user])
        try requireEqual(budgets[source]?.failures, 10, "the failures of the source")
        try requireEqual(budgets[user]?.failures, 10, "the failures at the user")
    }

    private static func crossed(_ test: StoreUnderTest) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for round in 0..<10 {
                let keys = round.isMultiple(of: 2) ? [source, user] : [user, source]
                group.addTask { try await fail(test, keys) }
            }
            try await group.waitForAll()
        }
        try requireEqual(
            try await test.store.signInBudgets([source])[source]?.failures, 10, "the failures of the source")
    }

    private static func uncounted(_ test: StoreUnderTest) async throws {
        try await fail(test, [source, user])
        let before = try await test.store.signInBudgets([source, user])

        try await fail(test, [source, user], counts: false, at: 5)

        try requireEqual(try await test.store.signInBudgets([source, user]), before, "the budgets")
        try await fail(test, [device], counts: false, at: 5)
        let budget = try await test.store.signInBudgets([device])[device] ?? .unused
        try requireEqual(budget, .unused, "the budget that was never used")
    }

    private static func audit(_ test: StoreUnderTest) async throws {
        try await fail(test, [source, user])
        try await fail(test, [source], counts: false)
        try await fail(test, [])
        // Without an event the budget changes all the same.
        let context = test.context()
        try await test.store.noteSignInFailure(nil, against: [user], counts: true, at: context.now)
        try await test.store.noteSignInFailure(nil, against: [], counts: true, at: context.now)

        try requireEqual(try await test.store.signInBudgets([user])[user]?.failures, 2, "the failures")
        try requireEqual(
            try await test.audit().map(\.refusal), ["wrong_password", "wrong_password", "wrong_password"],
            "the events")
    }

    private static func clearing(_ test: StoreUnderTest) async throws {
        try await fail(test, [source, user])

        try await test.store.clearSignInBudget(source)
        try await test.store.clearSignInBudget(device)

        let left = try await test.store.signInBudgets([source, user, device])
        try requireEqual(left[source] ?? .unused, .unused, "the cleared budget")
        try requireEqual(left[user]?.failures, 1, "the failures of the other")
        try await fail(test, [source], at: 1)
        try requireEqual(
            try await test.store.signInBudgets([source])[source]?.failures, 1, "the failures after clearing")
    }

    private static func purging(_ test: StoreUnderTest) async throws {
        try await fail(test, [source])
        let whole = test.context().now + SignInThrottle.memory
        let horizon = test.context().now

        _ = try await test.store.purge(
            expiredAt: whole - .microseconds(1), endedBefore: horizon, limit: 100)
        try requireEqual(
            try await test.store.signInBudgets([source])[source]?.failures, 1, "the failures just before")
        let removed = try await test.store.purge(expiredAt: whole, endedBefore: horizon, limit: 100)

        try requireEqual(removed, 1, "the rows removed")
        try requireEqual(try await test.store.signInBudgets([source]), [:], "the budgets left")
    }
}
