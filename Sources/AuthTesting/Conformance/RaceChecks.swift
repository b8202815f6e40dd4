// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthStore

/// S1 and S6: signing in and refreshing concurrently with every operation that ends sessions.
enum RaceChecks {
    static let all: [StoreCheck] =
        Ending.allCases.flatMap { ending in
            [
                StoreCheck("S1", "a session that opens during \(ending.rawValue) does not outlive it") {
                    try await opening(StoreUnderTest(store: $0), during: ending)
                },
                StoreCheck("S6", "no refresh succeeds after \(ending.rawValue) has returned") {
                    try await refreshing(StoreUnderTest(store: $0), during: ending)
                },
            ]
        } + [
            StoreCheck("S6", "no refresh succeeds after signing out has returned", on: refreshingDuringSignOut),
            StoreCheck(
                "S6", "no refresh succeeds after all other sessions were ended", on: refreshingDuringEndOfOthers),
        ]

    /// The operations that end every session of a user.
    private enum Ending: String, CaseIterable {
        case passwordChange = "a password change"
        case passwordReset = "a password reset"
        case deactivation = "a deactivation"
        case deletion = "a deletion"
        case endOfSessions = "the end of all sessions"

        /// Carries it out, and checks that it succeeded.
        func carryOut(_ user: User, _ test: StoreUnderTest, token: OneTimeToken) async throws {
            let context = test.context(1)
            let new = StoreUnderTest.hash("second")
            switch self {
            case .passwordChange:
                let replacement = PasswordReplacement(expected: StoreUnderTest.hash(), new: new, session: nil)
                let outcome = try await test.store.replacePassword(of: user.id, replacement, context: context).outcome
                guard case .replaced = outcome else { throw notDone(outcome) }
            case .passwordReset:
                let outcome = try await test.store.redeemPasswordReset(
                    .link(token.key), newHash: new, context: context
                ).outcome
                guard case .accepted = outcome else { throw notDone(outcome) }
            case .deactivation:
                let outcome = try await test.store.perform(.setActive(false), on: user.id, context: context).outcome
                guard case .updated = outcome else { throw notDone(outcome) }
            case .deletion:
                let outcome = try await test.store.perform(.delete, on: user.id, context: context).outcome
                guard case .deleted = outcome else { throw notDone(outcome) }
            case .endOfSessions:
                let ended = try await test.store.endSessions(
                    of: user.id, except: nil, reason: .revoked, context: context
                ).outcome
                guard ended.epoch == UserEpoch.first.next(at: context.now) else { throw notDone(ended) }
            }
        }

        private func notDone(_ outcome: some Sendable) -> ConformanceFailure {
            ConformanceFailure(message: "\(rawValue) came to \(outcome)", location: #fileID)
        }
    }

    private static let rounds = 12

    private static func opening(_ test: StoreUnderTest, during ending: Ending) async throws {
        for round in 0..<rounds {
            let user = try await test.make("user\(round)", round)
            let token = try await test.issue(UInt8(round), .passwordReset, for: user)
            _ = try await both(
                {
                    try await concurrently(6) { number in
                        try await test.store.openSession(
                            test.session(round * 10 + number, of: user), expecting: .first, context: test.context(1)
                        ).outcome
                    }
                },
                { try await ending.carryOut(user, test, token: token) })
            try requireEqual(try await test.liveSessions(of: user, at: 1), [], "the sessions in round \(round)")
            let late = try await test.store.openSession(
                test.session(round * 10 + 9, of: user), expecting: .first, context: test.context(1)
            ).outcome
            try requireEqual(late, .stale, "opening one afterwards")
        }
    }

    private static func refreshing(_ test: StoreUnderTest, during ending: Ending) async throws {
        for round in 0..<rounds {
            let user = try await test.make("user\(round)", round)
            let token = try await test.issue(UInt8(round), .passwordReset, for: user)
            let session = try await test.open(round, of: user)
            try await race(test, session) { try await ending.carryOut(user, test, token: token) }
        }
    }

    private static func refreshingDuringSignOut(_ test: StoreUnderTest) async throws {
        for round in 0..<rounds {
            let user = try await test.make("user\(round)", round)
            let session = try await test.open(round, of: user)
            try await race(test, session) {
                let isEnded = try await test.store.endSession(
                    session.id, of: user.id, reason: .signedOut, context: test.context(1)
                ).outcome
                try require(isEnded, "the session was not ended")
            }
        }
    }

    private static func refreshingDuringEndOfOthers(_ test: StoreUnderTest) async throws {
        for round in 0..<rounds {
            let user = try await test.make("user\(round)", round)
            let session = try await test.open(round * 2, of: user)
            let kept = try await test.open(round * 2 + 1, of: user)
            try await race(test, session) {
                _ = try await test.store.endSessions(
                    of: user.id, except: kept.id, reason: .revoked, context: test.context(1)
                ).outcome
            }
            try requireEqual(try await test.liveSessions(of: user, at: 2), [kept.id], "the sessions alive")
        }
    }

    /// Refreshes a session repeatedly while it is ended, then once more with every counter that it ever had.
    private static func race(
        _ test: StoreUnderTest, _ session: Session, ending: @escaping @Sendable () async throws -> Void
    ) async throws {
        let (highest, _) = try await both(
            {
                var counter: Int64 = 0
                for _ in 0..<30 {
                    guard case .accepted(let moved, _, _) = try await test.refresh(session, counter, at: 1) else {
                        return counter
                    }
                    counter = moved.rotation.counter
                }
                return counter
            }, ending)
        for counter in 0...(highest + 1) {
            let outcome = try await test.refresh(session, counter, at: 1)
            if case .accepted = outcome {
                throw ConformanceFailure(message: "counter \(counter) was accepted afterwards", location: #fileID)
            }
        }
    }
}
