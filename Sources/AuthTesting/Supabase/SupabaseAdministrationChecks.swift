// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthStore

/// X9, and what U7 and U8 say of bans and of deletions that keep the row.
enum SupabaseAdministrationChecks {
    static let all: [StoreCheck] = [
        StoreCheck("X9", "a new password ends every session, unbinds and is told", on: password),
        StoreCheck("X9", "an address is replaced, verified if that is confirmed, and told", on: address),
        StoreCheck("X9", "an address is confirmed without being replaced", on: confirmation),
        StoreCheck(
            "X9", "users with power keep their password, address and ban, unless that is allowed", on: protection),
        StoreCheck("X9", "what is refused leaves everything as it was", on: refusals),
        StoreCheck("U8", "a ban revokes tokens and ends no session, and is lifted", on: ban),
        StoreCheck(
            "U8", "a deletion that keeps the row leaves nothing that names the user or opens a session", on: removal),
        StoreCheck("U8", "a deletion that keeps the row leaves no mail and reserves no address", on: leftovers),
        StoreCheck("U8", "who gains power keeps no link or code of Supabase's API", on: promotion),
    ]

    private static func update(
        email: String? = nil, confirms: Bool = false, password: StoredPasswordHash? = nil, data: MetadataPatch? = nil,
        ban: SupabaseAdminUpdate.Ban? = nil, managesAdmins: Bool = false, undo: UInt8 = 100
    ) throws -> SupabaseAdminUpdate {
        SupabaseAdminUpdate(
            email: try email.map { try EmailAddress($0) }, confirmsEmail: confirms, password: password,
            appMetadata: data, userMetadata: nil, ban: ban, managesAdmins: managesAdmins,
            undo: StoreUnderTest.undo(undo))
    }

    private static func context(_ seconds: Int64, _ test: StoreUnderTest) -> OperationContext {
        OperationContext(
            now: test.context(seconds).now, actor: UserID(StoreUnderTest.uuid(9_000)),
            outbox: OutboxPolicy(notices: [.administratorActed], subscriptions: []))
    }

    private static func administer(
        _ user: User, by update: SupabaseAdminUpdate, at seconds: Int64 = 1, _ test: StoreUnderTest
    ) async throws -> SupabaseAdminOutcome {
        try await test.store.administerSupabaseUser(user.id, by: update, context: context(seconds, test)).outcome
    }

    private static func updated(_ outcome: SupabaseAdminOutcome) throws -> User {
        guard case .updated(let user) = outcome else {
            throw ConformanceFailure(message: "the outcome is \(outcome)", location: #fileID)
        }
        return user
    }

    /// The acts that a user was told of.
    private static func told(_ test: StoreUnderTest) async throws -> [String?] {
        try await test.store.outboxRows(matching: OutboxQuery(lane: .notice, state: .due))
            .filter { $0.entry.kind == SecurityNotice.administratorActed.rawValue }.map { $0.entry.details["act"] }
    }

    private static func password(_ test: StoreUnderTest) async throws {
        let ada = try await test.makeBound("ada", 1)
        let session = try await test.open(1, of: ada)
        try await test.link("ada", 2, to: ada, isBound: true)
        let key = try await test.send(1, .magicLink, to: ada)
        let cursor = try await test.cursor()
        let changed = try updated(
            try await administer(ada, by: try update(password: StoreUnderTest.hash("second")), test))
        try requireEqual(changed.inFull, try await test.stored(ada).inFull, "the user")
        try requireEqual(changed.epoch, test.epoch(1), "the epoch")
        try require(changed.credentialGeneration > ada.credentialGeneration && !changed.isBound, "\(changed.inFull)")
        try requireEqual(
            try await test.store.credential(of: ada.id)?.passwordHash, StoreUnderTest.hash("second"), "the password")
        try requireEqual(try await test.liveSessions(of: ada, at: 1), [], "the sessions")
        try requireEqual(
            try await test.store.session(session.id, of: ada.id)?.ended?.reason, .passwordChanged, "the end")
        try requireEqual(try await test.store.oneTimeToken(key), nil, "a link that was mailed before")
        try requireEqual(try await test.subjects(of: ada), ["ada"], "the identities")
        let feed = Set(try await test.feed(after: cursor))
        try requireEqual(feed, [.epochRaised(ada.id, changed.epoch), .userChanged(ada.id)], "the feed")
        let event = try requireValue(try await test.audit().last, "the event")
        try requireEqual(event.action, .userUpdatedByKey, "the audit event")
        try requireEqual(event.actor, UserID(StoreUnderTest.uuid(9_000)), "the actor")
        try requireEqual(try await told(test), ["password"], "what the user is told of")
    }

    private static func address(_ test: StoreUnderTest) async throws {
        for (number, confirms) in [true, false].enumerated() {
            let name = "user\(number)"
            let user = try await test.makeBound(name, number)
            let octet = UInt8(100 + number)
            let changed = try updated(
                try await administer(
                    user, by: try update(email: "\(name)@new.test", confirms: confirms, undo: octet), test))
            try requireEqual(changed.email?.original, "\(name)@new.test", "the address")
            try requireEqual(changed.isVerified, confirms, "whether it is verified")
            try require(!changed.isBound, "the credentials are bound")
            try requireEqual(try await test.holder(of: "\(name)@new.test"), user.id, "who is found by it")
            try requireEqual(try await told(test).count, number + 1, "how often users are told")
            let restored = try test.changed(try await test.undo(octet, of: user, at: 2))
            try requireEqual(restored.email?.original, "\(name)@example.test", "the address that was restored")
        }
        try requireEqual(try await test.store.orphanCount(), 0, "the rows without their user")
    }

    private static func confirmation(_ test: StoreUnderTest) async throws {
        let ada = try await test.make("ada", 1)
        let changed = try updated(try await administer(ada, by: try update(confirms: true), test))
        try requireEqual(changed.emailVerifiedAt, test.context(1).now, "when it was verified")
        try require(!changed.isBound, "the credentials are bound")
        try requireEqual(try await told(test), [], "what the user is told of")
        let events = try await test.audit().count
        _ = try updated(try await administer(ada, by: try update(confirms: true), at: 2, test))
        try requireEqual(try await test.audit().count, events, "the events where nothing changes")
    }

    private static func protection(_ test: StoreUnderTest) async throws {
        let admin = try await test.make("admin", 1, role: .admin)
        let second = try await test.make("second", 2, role: .admin)
        let delicate = [
            try update(email: "x@new.test"), try update(password: StoreUnderTest.hash("second")),
            try update(ban: .until(test.context(100).now)), try update(confirms: true),
        ]
        let before = try await test.stored(admin).inFull
        for change in delicate {
            try requireEqual(try await administer(admin, by: change, test), .protected, "a protected user")
        }
        try requireEqual(try await test.stored(admin).inFull, before, "the user")
        try requireEqual(try await test.audited("protected").count, 4, "the refusals")
        let data = try MetadataPatch(["a": "b"])
        _ = try updated(try await administer(admin, by: try update(data: data), test))
        let managing = try update(
            password: StoreUnderTest.hash("second"), ban: .until(test.context(100).now), managesAdmins: true)
        let changed = try updated(try await administer(admin, by: managing, at: 2, test))
        // One operation raises the epoch once.
        try requireEqual(changed.epoch, test.epoch(2), "the epoch")
        try requireEqual(changed.bannedUntil, test.context(100).now, "the ban")
        _ = second
    }

    private static func refusals(_ test: StoreUnderTest) async throws {
        let ada = try await test.makeBound("ada", 1)
        try await test.make("bob", 2)
        let before = try await test.stored(ada).inFull
        let taken = try update(email: "bob@example.test", password: StoreUnderTest.hash("second"))
        try requireEqual(try await administer(ada, by: taken, test), .taken, "a taken address")
        let unknown = try test.draft("carol", 3)
        try requireEqual(
            try await administer(unknown, by: try update(confirms: true), test), .notFound, "an unknown user")
        try requireEqual(try await test.stored(ada).inFull, before, "the user")
        try requireEqual(
            try await test.store.credential(of: ada.id)?.passwordHash, StoreUnderTest.hash(), "the password")
        try requireEqual(try await told(test), [], "what users are told of")
        let refused = try await test.audit().filter { $0.action == .userUpdatedByKey }.map(\.refusal)
        try requireEqual(refused, ["email_taken", "not_found"], "the audit log")
    }

    private static func ban(_ test: StoreUnderTest) async throws {
        let ada = try await test.makeBound("ada", 1)
        let session = try await test.open(1, of: ada)
        let until = test.context(100).now
        let banned = try updated(try await administer(ada, by: try update(ban: .until(until)), test))
        try requireEqual(banned.bannedUntil, until, "the ban")
        try requireEqual(banned.epoch, test.epoch(1), "the epoch")
        try requireEqual(try await test.liveSessions(of: ada, at: 1), [session.id], "the sessions")
        let refreshed = try await test.refresh(session, 0, at: 2)
        try requireEqual(refreshed, .refused(.userDisabled), "a refresh")
        let lifted = try updated(try await administer(ada, by: try update(ban: .lifted), at: 3, test))
        try requireEqual(lifted.bannedUntil, nil, "the ban that was lifted")
        guard case .accepted = try await test.refresh(session, 0, at: 4) else {
            throw ConformanceFailure(message: "the session does not work again", location: #fileID)
        }
        try requireEqual(
            try await test.audit().filter { $0.action == .userBanned }.map(\.refusal), [nil, nil], "the audit log")
    }

    private static func removal(_ test: StoreUnderTest) async throws {
        let ada = try await test.makeBound("ada", 1)
        let other = try await test.makeBound("bob", 2)
        let former = try await test.move(ada, to: "ada@new.test", 1, undo: 100)
        try await test.link("ada", 2, to: ada, at: 1)
        let key = try await test.send(3, .magicLink, to: former, at: 1)
        let cursor = try await test.cursor()
        let outcome = try await test.store.perform(
            .softDelete, on: ada.id, reservingUsernameUntil: test.context(1_000).now, context: test.context(2)
        ).outcome
        guard case .updated(let deleted) = outcome else {
            throw ConformanceFailure(message: "the deletion came to \(outcome)", location: #fileID)
        }
        try requireEqual(try await test.stored(ada).inFull, deleted.inFull, "the row")
        try require(!deleted.isActive && deleted.deletedAt == test.context(2).now, "the row is \(deleted.inFull)")
        try require(deleted.username == nil && deleted.email == nil && deleted.fullName == nil, "it names the user")
        try requireEqual(try await test.store.credential(of: ada.id)?.passwordHash, nil, "the password")
        try requireEqual(try await test.subjects(of: ada), [], "the identities")
        try requireEqual(try await test.liveSessions(of: ada, at: 2), [], "the sessions")
        try requireEqual(try await test.store.oneTimeToken(key), nil, "what was mailed")
        try requireEqual(
            try await test.undo(100, of: ada, at: 3), .refused(.unknown, triesLeft: nil), "undoing an earlier change")
        let feed = Set(try await test.feed(after: cursor))
        try requireEqual(feed, [.epochRaised(ada.id, deleted.epoch), .userChanged(ada.id)], "the feed")
        try requireEqual(try await test.audit().last?.action, .addressChangeUndone, "the last event")
        try require(try await test.audited(nil).contains(.userDeleted), "the deletion is not in the audit log")
        try requireEqual(try await test.store.userCount(), 2, "the count")
        try requireEqual(try await test.register("ada@new.test", 3, at: 3), .created, "registering the address")
        var heir = try test.draft("ada", 4)
        heir.email = nil
        try requireEqual(
            try await test.store.createUser(
                heir, passwordHash: nil, action: .userRegistered, context: test.context(3)), .taken(.username),
            "registering the username")
        // Nothing but a deletion changes a user who is deleted, and that removes the row.
        let actions: [AdministrativeAction] = [.softDelete, .setActive(true), .setRole(.guest), .ban(until: nil)]
        for action in actions {
            let again = try await test.store.perform(action, on: ada.id, context: test.context(4)).outcome
            guard case .unchanged = again else {
                throw ConformanceFailure(message: "\(action) came to \(again)", location: #fileID)
            }
        }
        try requireEqual(
            try await administer(ada, by: try update(email: "again@new.test"), at: 4, test), .notFound, "an address")
        try requireEqual(try await test.stored(other).isActive, true, "another user")
        try requireEqual(try await test.store.orphanCount(), 0, "the rows without their user")
        _ = try await test.store.perform(.delete, on: ada.id, context: test.context(5)).outcome
        try requireEqual(try await test.store.user(withID: ada.id), nil, "the row at last")
        try requireEqual(try await test.store.orphanCount(), 0, "the rows without their user at last")
    }

    private static func leftovers(_ test: StoreUnderTest) async throws {
        let ada = try await test.makeBound("ada", 1)
        let bob = try await test.makeBound("bob", 2)
        let invited = try await InvitationChecks.invitePerson("carol", 3, test)
        let former = try await test.move(ada, to: "ada@new.test", 11, undo: 100, at: 1)
        let key = try await test.send(12, .magicLink, to: former, at: 1)
        for user in [ada, bob] {
            try await OutboxChecks.enqueue(
                test, OutboxChecks.entry("mail", about: user, test, at: 1),
                OutboxChecks.entry("notice", about: user, test, at: 1, lane: .notice))
        }
        for user in [ada, invited.user] {
            let outcome = try await test.store.perform(.softDelete, on: user.id, context: test.context(2)).outcome
            guard case .updated = outcome else {
                throw ConformanceFailure(message: "the deletion came to \(outcome)", location: #fileID)
            }
        }
        let rows = try await OutboxChecks.rows(test)
        try requireEqual(rows.filter { $0.entry.userID == ada.id }.map(\.entry.kind), [], "what is to be mailed")
        try requireEqual(rows.count { $0.entry.userID == bob.id }, 2, "what is to be mailed to another")
        try require(try await test.store.mailedFlow(of: key) == nil, "a flow with the address is left")
        try requireEqual(try await test.store.addressChanges(of: ada.id), [], "the changes of the address")
        try require(
            try await test.store.invitation(withID: invited.invitation.id) == nil, "an invitation is left")
        for (number, address) in ["ada@example.test", "ada@new.test", "carol@example.test"].enumerated() {
            try requireEqual(try await test.register(address, 20 + number, at: 3), .created, "registering \(address)")
        }
        try requireEqual(try await test.store.orphanCount(), 0, "the rows without their user")
    }

    private static func promotion(_ test: StoreUnderTest) async throws {
        let actions: [AdministrativeAction] = [.setRole(.admin), .changePermissions(.grant("notes"))]
        for (number, action) in actions.enumerated() {
            let user = try await test.makeBound("user\(number)", number)
            let octet = UInt8(number * 10 + 1)
            let code = [UInt8](repeating: octet, count: 32)
            let first = try await test.send(octet, .magicLink, to: user, challenge: StoreUnderTest.challenge)
            let coded = try await test.redeem(.link(first), as: .email, number, code: (digest: code, binds: true))
            guard case .coded = coded else {
                throw ConformanceFailure(message: "the link came to \(coded)", location: #fileID)
            }
            let link = try await test.send(octet + 1, .magicLink, to: user, at: 2)
            let reset = try await test.issue(octet + 2, .passwordReset, for: user, at: 2)
            _ = try await test.store.perform(action, on: user.id, context: test.context(3)).outcome
            try requireEqual(
                try await test.redeem(.link(link), as: .email, 50 + number, at: 4), .refused(.unknown), "the link")
            try requireEqual(try await test.exchange(code, 60 + number, at: 4), .unknown, "the code")
            try requireEqual(try await test.store.oneTimeToken(reset.key), reset, "what the user has asked for")
            let later = try await test.send(octet + 3, .magicLink, to: user, at: 5)
            _ = try await test.store.perform(
                .changePermissions(.grant("drafts")), on: user.id, context: test.context(6)
            ).outcome
            _ = try test.opened(try await test.redeem(.link(later), as: .email, 70 + number, at: 7))
        }
    }
}
