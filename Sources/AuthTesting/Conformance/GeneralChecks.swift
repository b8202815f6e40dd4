// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthStore

/// A: rules for every operation.
enum GeneralChecks {
    static let all: [StoreCheck] = [
        StoreCheck("A1", "a write can be read as soon as it is answered", on: readsOwnWrites),
        StoreCheck("A1", "a cancelled operation is written completely or not at all", on: cancelledOperation),
        StoreCheck("A1", "a failed operation writes nothing", on: failingOperation),
        StoreCheck("A1", "a closed store is unavailable", on: closedStore),
        StoreCheck("A2", "concurrent decisions on one user build on each other", on: noLostUpdate),
        StoreCheck("A3", "writes that invalidate caches are in the feed, sign-ins and refreshes are not", on: feeding),
        StoreCheck("A4", "every action and every rejection is in the audit log once", on: auditing),
        StoreCheck("A6", "the only clock is the one in the context", on: foreignClocks),
        StoreCheck("A7", "errors contain no stored value", on: silentErrors),
        StoreCheck("A10", "a clock of the store's own shows a time of this century, in microseconds", on: ownClock),
        StoreCheck(
            "A9", "every operation that raises an epoch raises it to the time of the change", on: epochsFromTime),
        StoreCheck("A9", "an epoch rises although the clock was set back", on: epochsWithoutTime),
    ]

    private static func readsOwnWrites(_ test: StoreUnderTest) async throws {
        try await test.store.checkHealth()
        for number in 0..<20 {
            let user = try await test.make("user\(number)", number)
            try requireEqual(try await test.stored(user).inFull, user.inFull, "the user")
            try requireEqual(try await test.store.userCount(), Int64(number) + 1, "the count")
        }
    }

    private static func cancelledOperation(_ test: StoreUnderTest) async throws {
        let outcomes = await withTaskGroup(of: (Int, Result<UserCreation, any Error>).self) { group in
            for number in 0..<60 {
                group.addTask {
                    do {
                        let user = try test.draft("user\(number)", number)
                        let made = try await test.store.createUser(
                            user, passwordHash: StoreUnderTest.hash(), action: .userRegistered,
                            context: test.context())
                        return (number, .success(made))
                    } catch {
                        return (number, .failure(error))
                    }
                }
            }
            var outcomes: [(Int, Result<UserCreation, any Error>)] = []
            for await outcome in group {
                outcomes.append(outcome)
                group.cancelAll()
            }
            return outcomes
        }

        let audited = Set(try await test.audit().compactMap(\.target))
        var made = 0
        for (number, outcome) in outcomes {
            let draft = try test.draft("user\(number)", number)
            let username = try requireValue(draft.username)
            let email = try requireValue(draft.email)
            let isThere = try await test.store.user(withID: draft.id) != nil
            made += isThere ? 1 : 0
            let byName = try await test.store.credential(for: .username(username))
            let byAddress = try await test.store.credential(for: .email(email))
            try requireEqual(byName?.passwordHash != nil, isThere, "the username and hash of \(number)")
            try requireEqual(byAddress?.passwordHash != nil, isThere, "the address and hash of \(number)")
            try requireEqual(audited.contains(draft.id), isThere, "the audit event of \(number)")
            switch outcome {
            case .success(let outcome):
                try requireEqual(outcome, .created)
                try require(isThere, "user \(number) was made and is not there")
            case .failure(let error):
                try require(error as? StoreError == .cancelled, "cancelling gave \(error)")
            }
        }
        try requireEqual(try await test.store.userCount(), Int64(made), "the count")
    }

    private static func failingOperation(_ test: StoreUnderTest) async throws {
        let ada = try await test.make("ada", 1)
        let session = try await test.open(1, of: ada)
        let before = try await test.audit().count
        let replacement = PasswordReplacement(
            expected: StoreUnderTest.hash(), new: StoreUnderTest.hash("second"), session: session)

        do throws(StoreError) {
            _ = try await test.store.replacePassword(of: ada.id, replacement, context: test.context(5)).outcome
            throw StoreError.cancelled
        } catch {
            try requireEqual(error, .conflict, "opening a session whose id exists")
        }

        let credential = try requireValue(try await test.store.credential(of: ada.id))
        try requireEqual(credential.passwordHash, StoreUnderTest.hash(), "the hash")
        try requireEqual(credential.user.epoch, .first, "the epoch")
        try requireEqual(try await test.liveSessions(of: ada, at: 5), [session.id], "the sessions")
        try requireEqual(try await test.audit().count, before, "the length of the audit log")
        try requireEqual(try await test.feed(), [], "the feed")
    }

    private static func closedStore(_ test: StoreUnderTest) async throws {
        let ada = try await test.make("ada", 1)
        await test.store.close()
        do throws(StoreError) {
            _ = try await test.store.user(withID: ada.id)
        } catch {
            if case .unavailable = error { return }
        }
        throw ConformanceFailure(message: "a closed store is not unavailable", location: #fileID)
    }

    private static func noLostUpdate(_ test: StoreUnderTest) async throws {
        let ada = try await test.make("ada", 1)

        let ended = try await concurrently(20) { _ in
            try await test.store.endSessions(of: ada.id, except: nil, reason: .revoked, context: test.context(1))
                .outcome
        }

        let epochs = ended.compactMap(\.epoch?.value).sorted()
        let first = test.epoch(1).value
        try requireEqual(epochs, Array(first..<first + 20), "the epochs that were answered")
        try requireEqual(try await test.stored(ada).epoch, UserEpoch(first + 19), "the epoch")
    }

    private static func ownClock(_ test: StoreUnderTest) async throws {
        guard let time = try await test.store.storeTime() else { return }
        let century = Timestamp(seconds: 1_767_225_600)...Timestamp(seconds: 4_102_444_800)
        try require(century.contains(time), "the store's clock shows \(time.rfc3339)")
    }

    private static func epochsFromTime(_ test: StoreUnderTest) async throws {
        let ada = try await test.make("ada", 1)
        let token = try await test.issue(1, .passwordReset, for: ada)
        func isRaised(at seconds: Int64, by what: String) async throws {
            let epoch = try await test.stored(ada).epoch
            try requireEqual(epoch.value, test.context(seconds).now.microseconds, "the epoch after \(what)")
            try require(
                try await test.feed().contains(.epochRaised(ada.id, epoch)), "the feed does not tell of \(what)")
        }
        _ = try await test.store.redeemPasswordReset(
            .link(token.key), newHash: StoreUnderTest.hash("second"), context: test.context(1)
        ).outcome
        try await isRaised(at: 1, by: "resetting the password")
        _ = try await test.store.replacePassword(
            of: ada.id,
            PasswordReplacement(
                expected: StoreUnderTest.hash("second"), new: StoreUnderTest.hash("third"), session: nil),
            context: test.context(2)
        ).outcome
        try await isRaised(at: 2, by: "changing the password")
        _ = try await test.store.perform(.setRole(.guest), on: ada.id, context: test.context(3)).outcome
        try await isRaised(at: 3, by: "setting a role")
        _ = try await test.store.perform(.setActive(false), on: ada.id, context: test.context(4)).outcome
        try await isRaised(at: 4, by: "deactivating")
        _ = try await test.store.perform(.setActive(true), on: ada.id, context: test.context(5)).outcome
        try await isRaised(at: 5, by: "activating")
        _ = try await test.store.endSessions(of: ada.id, except: nil, reason: .revoked, context: test.context(6))
            .outcome
        try await isRaised(at: 6, by: "ending all sessions")
    }

    private static func epochsWithoutTime(_ test: StoreUnderTest) async throws {
        let ada = try await test.make("ada", 1)
        for seconds in [100, 0, 100] as [Int64] {
            _ = try await test.store.endSessions(
                of: ada.id, except: nil, reason: .revoked, context: test.context(seconds)
            ).outcome
        }
        try requireEqual(try await test.stored(ada).epoch, UserEpoch(test.epoch(100).value + 2), "the epoch")
    }

    private static func feeding(_ test: StoreUnderTest) async throws {
        let ada = try await test.make("ada", 1)
        let session = try await test.open(1, of: ada)
        _ = try await test.refresh(session, 0, at: 1)
        try await test.issue(1, .passwordReset, for: ada)
        _ = try await test.store.rehashPassword(
            of: ada.id, from: StoreUnderTest.hash(), to: StoreUnderTest.hash("again"))
        try requireEqual(try await test.feed(), [], "the feed after signing in and refreshing")

        var cursor: Int64 = 0
        func grew(by kinds: StoreChange.Kind..., what: String) async throws {
            let entries = try await test.feed(after: cursor)
            for kind in kinds { try require(entries.contains(kind), "\(what) did not append \(kind)") }
            cursor = try await test.cursor()
        }
        let change = ProfileChange(fullName: try FullName("Ada Lovelace"))
        _ = try await test.store.changeProfile(of: ada.id, by: change, context: test.context(2)).outcome
        try await grew(by: .userChanged(ada.id), what: "changing a profile")
        _ = try await test.store.endSession(
            session.id, of: ada.id, reason: .signedOut, context: test.context(3)
        ).outcome
        try await grew(by: .sessionEnded(session.id, userID: ada.id), what: "signing out")
        _ = try await test.store.perform(.setRole(.guest), on: ada.id, context: test.context(4)).outcome
        try await grew(by: .epochRaised(ada.id, test.epoch(4)), what: "setting a role")
        let grant = AdministrativeAction.changePermissions(.grant("notes:write"))
        _ = try await test.store.perform(grant, on: ada.id, context: test.context(4)).outcome
        try await grew(by: .epochRaised(ada.id, try await test.stored(ada).epoch), what: "granting a permission")
        _ = try await test.store.perform(.setActive(false), on: ada.id, context: test.context(5)).outcome
        try await grew(by: .epochRaised(ada.id, test.epoch(5)), what: "deactivating")
        _ = try await test.store.perform(.delete, on: ada.id, context: test.context(6)).outcome
        try await grew(by: .userDeleted(ada.id), what: "deleting")
    }

    private static func auditing(_ test: StoreUnderTest) async throws {
        let context = OperationContext(
            now: StoreUnderTest.start, actor: UserID(StoreUnderTest.uuid(77)), source: "192.0.2.1",
            userAgent: "probe/1", requestID: "r-1")
        let ada = try test.draft("ada", 1)
        _ = try await test.store.createUser(ada, passwordHash: nil, action: .userCreated, context: context)
        let session = test.session(1, of: ada)
        _ = try await test.store.openSession(session, expecting: ada.epoch, context: context).outcome
        _ = try await test.store.openSession(
            test.session(2, of: ada), expecting: UserEpoch(9), context: context
        ).outcome
        _ = try await test.refresh(session, 0, at: 0)
        _ = try await test.store.endSession(session.id, of: ada.id, reason: .signedOut, context: context).outcome
        _ = try await test.store.endSession(session.id, of: ada.id, reason: .signedOut, context: context).outcome
        _ = try await test.store.perform(.setRole(.user), on: ada.id, context: context).outcome
        _ = try await test.store.perform(.setRole(.guest), on: ada.id, context: context).outcome
        try await test.store.record([AuditEvent(.mailFailed, target: ada.id, in: context)])

        let events = try await test.audit()
        try requireEqual(
            events.map(\.action), [.userCreated, .signIn, .signIn, .signOut, .roleChanged, .mailFailed],
            "the audit log")
        try requireEqual(events.map { $0.refusal == nil }, [true, true, false, true, true, true], "what was done")
        for event in events {
            try requireEqual(event.target, ada.id, "the target")
            try requireEqual(event.actor, context.actor, "the actor")
            try requireEqual([event.source, event.userAgent, event.requestID], ["192.0.2.1", "probe/1", "r-1"])
        }
    }

    private static func foreignClocks(_ test: StoreUnderTest) async throws {
        for (number, now) in [Timestamp(microseconds: 1), Timestamp(seconds: 9_000_000_000_000)].enumerated() {
            let context = OperationContext(now: now)
            let user = User(
                id: UserID(StoreUnderTest.uuid(number)), email: try EmailAddress("a\(number)@example.test"),
                createdAt: now)
            _ = try await test.store.createUser(user, passwordHash: nil, action: .userRegistered, context: context)
            let session = Session(
                id: SessionID(StoreUnderTest.uuid(number)), userID: user.id, scope: .none, authenticatedAt: now,
                methods: [], createdAt: now, notAfter: now + .seconds(10), idleTimeout: .seconds(5),
                rotation: RefreshState(rotatedAt: now))
            _ = try await test.store.openSession(session, expecting: .first, context: context).outcome
            try requireEqual(try await test.stored(user).lastLoginAt, now, "the last sign-in")
            try requireEqual(
                try await test.store.sessions(of: user.id, aliveAt: now).count, 1, "the sessions alive")
            let presented = RefreshPresentation(
                sessionID: session.id, userID: user.id, counter: 0, grace: .zero)
            guard
                case .accepted(let moved, _, .rotated) = try await test.store.refresh(presented, context: context)
                    .outcome
            else { throw ConformanceFailure(message: "\(now) is not now", location: #fileID) }
            try requireEqual(moved.rotation.rotatedAt, now, "the time of the rotation")
            try requireEqual(try await test.audit().last?.at, now, "the time of the event")
        }
    }

    private static func silentErrors(_ test: StoreUnderTest) async throws {
        let canary = "canary-5f1c"
        let ada = try await test.make("ada", 1)
        let session = try await test.open(1, of: ada)
        var errors: [StoreError] = []
        func provoke(_ operation: () async throws(StoreError) -> Void) async {
            do throws(StoreError) { try await operation() } catch { errors.append(error) }
        }
        let secret = StoredPasswordHash(text: canary, cost: canary)
        await provoke { () async throws(StoreError) in
            _ = try await test.store.createUser(
                ada, passwordHash: secret, action: .userCreated,
                context: OperationContext(now: ada.createdAt, source: canary))
        }
        await provoke { () async throws(StoreError) in
            _ = try await test.store.openSession(session, expecting: .first, context: test.context()).outcome
        }
        await provoke { () async throws(StoreError) in
            // A text with a NUL, which a database may refuse.
            let context = OperationContext(now: ada.createdAt, source: canary + "\0", userAgent: canary)
            try await test.store.record([AuditEvent(.mailFailed, refusal: canary, in: context)])
        }
        try require(errors.contains(.conflict), "a session's id was given twice")
        for error in errors {
            let text = "\(error) \(error.diagnostic ?? "")"
            try require(!text.contains(canary) && !text.contains("ada"), "an error says a value: \(text)")
        }
    }
}
