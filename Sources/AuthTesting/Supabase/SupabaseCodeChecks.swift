// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthStore

/// X7: codes that are exchanged for a session.
enum SupabaseCodeChecks {
    static let all: [StoreCheck] = [
        StoreCheck("X7", "a code with its verifier opens the session once, and binds what was shown", on: exchange),
        StoreCheck("X7", "a code binds nothing where it may not, or what was shown was replaced", on: keeping),
        StoreCheck("X7", "the third wrong verifier voids the code", on: wrongVerifiers),
        StoreCheck(
            "X7", "a code is refused for each reason of the rule, and audited unless it is unknown", on: refusals),
        StoreCheck("X7", "a new password removes the codes", on: newPassword),
        StoreCheck("X7", "what ends a change of address removes its confirmation", on: confirmations),
        StoreCheck("X7", "the limit of sessions leaves the code as it was", on: limit),
        StoreCheck("A8", "codes, confirmations, budgets and keys are purged when they are over", on: purge),
    ]

    private static let digest = [UInt8](repeating: 0xD1, count: 32)

    /// Has a link of a user give out a code.
    private static func give(
        _ user: User, _ octet: UInt8, shown: CredentialGeneration?, binds: Bool = true,
        at seconds: Int64 = 0, _ test: StoreUnderTest
    ) async throws {
        let key = try await test.send(
            octet, .signup, to: user, shown: shown, challenge: StoreUnderTest.challenge, at: seconds)
        let outcome = try await test.redeem(
            .link(key), as: .signup, 0, code: (digest: digest, binds: binds), at: seconds + 1)
        guard case .coded(let changed, let mail) = outcome else {
            throw ConformanceFailure(message: "the link came to \(outcome)", location: #fileID)
        }
        try require(changed.isVerified, "the address is not proven")
        try requireEqual(mail.challenge, StoreUnderTest.challenge, "the challenge")
    }

    private static func exchange(_ test: StoreUnderTest) async throws {
        let ada = try await test.make("ada", 1)
        try await give(ada, 1, shown: .first, test)
        try requireEqual(try await test.liveSessions(of: ada, at: 1), [], "the sessions before")
        let (user, session) = try test.opened(try await test.exchange(digest, 1))
        try require(user.isBound, "the exchange does not bind")
        try requireEqual(user.inFull, try await test.stored(ada).inFull, "the user")
        try requireEqual(session.methods.map(\.name), ["sb_signup"], "the methods")
        try requireEqual(try await test.liveSessions(of: ada, at: 2), [session.id], "the sessions")
        try requireEqual(try await test.exchange(digest, 2), .unknown, "a second time")
        try requireEqual(try await test.store.orphanCount(), 0, "the rows without their user")
    }

    private static func keeping(_ test: StoreUnderTest) async throws {
        let ada = try await test.make("ada", 1)
        try await give(ada, 1, shown: .first, binds: false, test)
        let (user, _) = try test.opened(try await test.exchange(digest, 1))
        try require(!user.isBound, "a mere visit of the link binds")
        let bob = try await test.make("bob", 2)
        try await give(bob, 2, shown: nil, test)
        let (other, _) = try test.opened(try await test.exchange(digest, 2))
        // The link has voided what was not shown, so that nothing is left that is not bound.
        try require(other.isBound, "something is left")
        try requireEqual(try await test.store.credential(of: bob.id)?.passwordHash, nil, "the password")
    }

    private static func wrongVerifiers(_ test: StoreUnderTest) async throws {
        let ada = try await test.make("ada", 1)
        try await give(ada, 1, shown: .first, test)
        for _ in 0..<3 {
            try requireEqual(try await test.exchange(digest, 1, verifier: [1]), .wrongVerifier, "a wrong verifier")
        }
        try requireEqual(try await test.exchange(digest, 1), .void, "the right one")
        try requireEqual(try await test.liveSessions(of: ada, at: 2), [], "the sessions")
        try requireEqual(try await test.audited("wrong_verifier"), [.signIn, .signIn, .signIn], "the audit log")
        try requireEqual(try await test.audited("void_code"), [.signIn], "the audit log at last")
    }

    private static func refusals(_ test: StoreUnderTest) async throws {
        let ada = try await test.make("ada", 1)
        try requireEqual(try await test.exchange(digest, 1), .unknown, "an unknown code")
        try await give(ada, 1, shown: .first, test)
        try requireEqual(try await test.exchange(digest, 1, at: 301), .expired, "too late")
        _ = try await test.store.perform(
            .ban(until: test.context(100).now), on: ada.id, context: test.context(2)
        ).outcome
        try requireEqual(try await test.exchange(digest, 1, at: 3), .userDisabled, "banned")
        _ = try test.opened(try await test.exchange(digest, 1, at: 100))
        let refused = try await test.audit().filter { $0.action == .signIn }.compactMap(\.refusal)
        try requireEqual(refused, ["expired", "user_disabled"], "the audit log")
    }

    private static func newPassword(_ test: StoreUnderTest) async throws {
        let ada = try await test.make("ada", 1)
        try await give(ada, 1, shown: .first, test)
        try await test.replacePassword(of: ada, by: "second", at: 2)
        try requireEqual(try await test.exchange(digest, 1, at: 3), .unknown, "the code")
    }

    private static func confirmations(_ test: StoreUnderTest) async throws {
        for number in 0..<3 {
            let name = "user\(number)"
            let user = try await test.makeBound(name, number)
            let octet = UInt8(number * 20 + 1)
            let keys = try await test.askBySupabase(user, for: "\(name)@new.test", octet)
            let first = try await test.redeem(.link(keys.current), as: .emailChange, 100 + number)
            guard case .first = first else {
                throw ConformanceFailure(message: "one mailbox alone came to \(first)", location: #fileID)
            }
            switch number {
            case 0: try await test.replacePassword(of: user, by: "second", at: 2)
            case 1: _ = try await test.store.cancelAddressChange(of: user.id, context: test.context(2)).outcome
            default:
                for isActive in [false, true] {
                    _ = try await test.store.perform(.setActive(isActive), on: user.id, context: test.context(2))
                        .outcome
                }
            }
            // Asked for again by the native API, which writes no confirmation.
            try await test.ask(user, for: "\(name)@new.test", octet + 4, at: 3)
            let stored = try await test.stored(user)
            let mail = test.mail(
                octet + 5, .emailChangeNew, to: stored, address: "\(name)@new.test",
                shown: stored.credentialGeneration, at: 4)
            guard case .issued = try await test.order([mail], at: 4) else {
                throw ConformanceFailure(message: "the mail was not sent", location: #fileID)
            }
            let again = try await test.redeem(.link(mail.token.key), as: .emailChange, 110 + number, at: 5)
            guard case .first = again else {
                throw ConformanceFailure(message: "the new mailbox alone came to \(again)", location: #fileID)
            }
        }
    }

    private static func limit(_ test: StoreUnderTest) async throws {
        let ada = try await test.make("ada", 1)
        try await test.open(50, of: ada)
        try await give(ada, 1, shown: .first, test)
        let refusing = SessionLimit(perUser: 1, policy: .refuse)
        try requireEqual(try await test.exchange(digest, 1, limit: refusing), .limitReached, "with the limit")
        let (user, _) = try test.opened(try await test.exchange(digest, 1))
        try require(user.isBound, "the code was another one")
    }

    private static func purge(_ test: StoreUnderTest) async throws {
        let ada = try await test.makeBound("ada", 1)
        try await give(ada, 1, shown: .first, test)
        let keys = try await test.askBySupabase(ada, for: "new@example.test", 11)
        _ = try await test.redeem(.link(keys.new), as: .emailChange, 1)
        let budget = StoreUnderTest.budget(1, perHour: 1, perDay: 24)
        _ = try await test.store.takeSupabaseBudget(budget, at: test.context().now)
        let key = SupabaseKeyChecks.key(1, .jwt, test)
        _ = try await test.store.addSupabaseKey(key, context: test.context())
        func purge(_ instant: Timestamp) async throws -> Int {
            try await test.store.purge(expiredAt: instant, endedBefore: test.context(-1).now, limit: 100)
        }
        // The confirmation ends with its token, and the token of the other mailbox with it.
        let end = test.context(3_600).now
        _ = try await purge(end - .microseconds(1))
        try requireEqual(try await purge(end), 3, "the budget, the confirmation and the token")
        try requireEqual(try await purge(test.context(3_901).now - .microseconds(1)), 0, "before the code may go")
        try requireEqual(try await purge(test.context(3_901).now), 1, "the code")
        let over = key.expiresAt + SupabaseRetention.ofKeys
        _ = try await purge(over - .microseconds(1))
        try requireEqual(try await test.store.supabaseKey(key.id), key, "the key")
        try requireEqual(try await purge(over), 1, "once the key may go")
        try requireEqual(try await test.store.supabaseKey(key.id), nil, "the key at last")
    }
}
