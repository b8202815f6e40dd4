// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthStore

/// X4 to X9: calls at the same time as others.
enum SupabaseRaceChecks {
    static let all: [StoreCheck] = [
        StoreCheck("X4", "concurrent wrong codes do not exceed the budget", on: wrongCodes),
        StoreCheck("X5", "of concurrent redemptions of one mail, one is accepted", on: oneMail),
        StoreCheck("X5", "a redemption beside a new password leaves no session of before", on: againstPassword),
        StoreCheck("X6", "both mailboxes that confirm at once change the address", on: bothSides),
        StoreCheck("X6", "of users who confirm one address at once, one gets it", on: oneAddress),
        StoreCheck("X7", "of concurrent exchanges of one code, one opens a session", on: oneCode),
        StoreCheck("X7", "an exchange beside a ban is before it or refused", on: againstBan),
        StoreCheck("X8", "of concurrent changes of one password, one is done", on: onePassword),
        StoreCheck("X9", "concurrent changes for an administrator build on each other", on: administration),
    ]

    private static func wrongCodes(_ test: StoreUnderTest) async throws {
        let ada = try await test.makeBound("ada", 1)
        try await test.send(1, .magicLink, to: ada)
        let budgets = [
            StoreUnderTest.budget(2, perHour: 5, perDay: 5), StoreUnderTest.budget(1, perHour: 9, perDay: 9),
        ]
        let outcomes = try await concurrently(12) { number in
            // The order in which a caller names them is no order of locks.
            try await test.type(
                9, for: "ada@example.test", as: .email, number,
                budgets: number.isMultiple(of: 2) ? budgets : budgets.reversed())
        }
        try require(outcomes.allSatisfy { $0 == .refused(.wrongCode) }, "the outcomes are \(outcomes)")
        let now = test.context(1).now
        try require(try await test.store.takeSupabaseBudget(budgets[0], at: now) != nil, "the budget is not spent")
        for _ in 0..<4 {
            try requireEqual(try await test.store.takeSupabaseBudget(budgets[1], at: now), nil, "the other budget")
        }
        try require(try await test.store.takeSupabaseBudget(budgets[1], at: now) != nil, "it has more left")
    }

    private static func oneMail(_ test: StoreUnderTest) async throws {
        for round in 0..<4 {
            let user = try await test.make("user\(round)", round)
            let octet = UInt8(round + 1)
            let key = try await test.send(octet, .magicLink, to: user, shown: round.isMultiple(of: 2) ? .first : nil)
            let outcomes = try await concurrently(8) { number in
                // By the link and by the code.
                if number.isMultiple(of: 2) {
                    return try await test.redeem(.link(key), as: .email, round * 10 + number)
                }
                return try await test.type(
                    octet, for: "user\(round)@example.test", as: .email, round * 10 + number)
            }
            let opened = outcomes.compactMap { outcome -> SessionID? in
                if case .opened(_, _, let session, _) = outcome { session.id } else { nil }
            }
            try requireEqual(opened.count, 1, "how many were accepted in round \(round)")
            try requireEqual(try await test.liveSessions(of: user, at: 1), opened, "the sessions")
        }
    }

    private static func againstPassword(_ test: StoreUnderTest) async throws {
        for round in 0..<8 {
            let user = try await test.makeBound("user\(round)", round)
            let key = try await test.send(UInt8(round + 1), .magicLink, to: user)
            let replacement = PasswordReplacement(
                expected: StoreUnderTest.hash(), new: StoreUnderTest.hash("second"), session: nil)
            let (outcome, replaced) = try await both(
                { try await test.redeem(.link(key), as: .email, round) },
                {
                    try await test.store.replacePassword(of: user.id, replacement, context: test.context(1)).outcome
                })
            guard case .replaced = replaced else {
                throw ConformanceFailure(message: "the password was not replaced: \(replaced)", location: #fileID)
            }
            if case .opened = outcome {
                // Before the password: it has ended the session.
            } else {
                try requireEqual(outcome, .refused(.unknown), "the redemption")
            }
            try requireEqual(try await test.liveSessions(of: user, at: 1), [], "the sessions in round \(round)")
        }
    }

    private static func bothSides(_ test: StoreUnderTest) async throws {
        for round in 0..<8 {
            let user = try await test.makeBound("user\(round)", round)
            let keys = try await test.askBySupabase(user, for: "user\(round)@new.test", UInt8(round * 10 + 1))
            let (new, current) = try await both(
                { try await test.redeem(.link(keys.new), as: .emailChange, 100 + round) },
                { try await test.redeem(.link(keys.current), as: .emailChange, 120 + round) })
            let firsts = [new, current].count { if case .first = $0 { true } else { false } }
            let opened = [new, current].count { if case .opened = $0 { true } else { false } }
            try requireEqual([firsts, opened], [1, 1], "the outcomes \(new) and \(current)")
            try requireEqual(try await test.stored(user).email?.original, "user\(round)@new.test", "the address")
        }
        try requireEqual(try await test.store.orphanCount(), 0, "the rows without their user")
    }

    private static func oneAddress(_ test: StoreUnderTest) async throws {
        for round in 0..<6 {
            var asked: [OneTimeTokenKey] = []
            for number in 0..<4 {
                let user = try await test.makeBound("user\(round)_\(number)", round * 10 + number)
                let octet = UInt8(round * 40 + number * 2 + 1)
                asked.append(try await test.askBySupabase(user, for: "star\(round)@new.test", octet).new)
            }
            let keys = asked
            let outcomes = try await concurrently(4) { number in
                try await test.redeem(.link(keys[number]), as: .emailChange, 210 + round * 4 + number, isSecure: false)
            }
            let winners = outcomes.count { if case .opened = $0 { true } else { false } }
            try requireEqual(winners, 1, "how many got the address")
            try requireEqual(outcomes.count { $0 == .refused(.addressTaken) }, 3, "how many did not")
        }
        try requireEqual(try await test.store.orphanCount(), 0, "the rows without their user")
    }

    /// Has a link of a user give out a code, whose digest has the octet.
    private static func give(_ user: User, _ octet: UInt8, _ test: StoreUnderTest) async throws -> [UInt8] {
        let digest = [UInt8](repeating: octet, count: 32)
        let key = try await test.send(octet, .magicLink, to: user, challenge: StoreUnderTest.challenge)
        let outcome = try await test.redeem(.link(key), as: .email, 0, code: (digest: digest, binds: true), at: 0)
        guard case .coded = outcome else {
            throw ConformanceFailure(message: "the link came to \(outcome)", location: #fileID)
        }
        return digest
    }

    private static func oneCode(_ test: StoreUnderTest) async throws {
        for round in 0..<4 {
            let user = try await test.makeBound("user\(round)", round)
            let digest = try await give(user, UInt8(round + 1), test)
            let outcomes = try await concurrently(8) { number in
                try await test.exchange(digest, round * 10 + number, at: 1)
            }
            let opened = outcomes.count { if case .opened = $0 { true } else { false } }
            try requireEqual(opened, 1, "how many opened a session")
            try requireEqual(outcomes.count { $0 == .unknown }, 7, "how many did not")
            try requireEqual(try await test.liveSessions(of: user, at: 1).count, 1, "the sessions")
        }
    }

    private static func againstBan(_ test: StoreUnderTest) async throws {
        for round in 0..<8 {
            let user = try await test.makeBound("user\(round)", round)
            let digest = try await give(user, UInt8(round + 1), test)
            let (outcome, _) = try await both(
                { try await test.exchange(digest, round, at: 1) },
                {
                    try await test.store.perform(
                        .ban(until: test.context(100).now), on: user.id, context: test.context(1)
                    ).outcome
                })
            let live = try await test.liveSessions(of: user, at: 1).count
            if case .opened = outcome {
                try requireEqual(live, 1, "the sessions in round \(round)")
            } else {
                try requireEqual(outcome, .userDisabled, "the exchange in round \(round)")
                try requireEqual(live, 0, "the sessions in round \(round)")
            }
            try requireEqual(try await test.stored(user).bannedUntil, test.context(100).now, "the ban")
        }
    }

    private static func onePassword(_ test: StoreUnderTest) async throws {
        for round in 0..<4 {
            let user = try await test.makeBound("user\(round)", round)
            let session = try await test.open(round, of: user)
            let outcomes = try await concurrently(6) { number in
                let password = SupabaseOwnChange.NewPassword(
                    expected: StoreUnderTest.hash(), new: StoreUnderTest.hash("\(number)"))
                return try await test.store.updateSupabaseUser(
                    user.id, by: SupabaseUpdateChecks.change(session, password: password),
                    context: test.context(1, actor: user.id)
                ).outcome
            }
            let done = outcomes.count { if case .updated = $0 { true } else { false } }
            try requireEqual(done, 1, "how many were done")
            try requireEqual(outcomes.count { $0 == .stale }, 5, "how many were not")
            try requireEqual(try await test.liveSessions(of: user, at: 1), [session.id], "the sessions")
        }
    }

    private static func administration(_ test: StoreUnderTest) async throws {
        let ada = try await test.makeBound("ada", 1)
        _ = try await concurrently(8) { number in
            let patch = try MetadataPatch(["m\(number)": "x"])
            let update = SupabaseAdminUpdate(
                appMetadata: patch, managesAdmins: false, undo: StoreUnderTest.undo(100))
            return try await test.store.administerSupabaseUser(ada.id, by: update, context: test.context(1)).outcome
        }
        let stored = JSONObject(metadata: try await test.stored(ada).appMetadata)
        try requireEqual(stored.members.count, 8, "how many members there are")
    }
}
