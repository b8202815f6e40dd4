// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthStore

/// U16: the first administrator.
enum FirstAdministratorChecks {
    static let all: [StoreCheck] = [
        StoreCheck("U16", "of concurrent calls, one makes the first administrator", on: races),
        StoreCheck("U16", "there is no first one where there is an administrator, enabled or not", on: late),
        StoreCheck("U16", "a taken identifier makes none", on: taken),
    ]

    private static func create(
        _ name: String, _ number: Int, _ test: StoreUnderTest
    ) async throws -> FirstAdministratorCreation {
        let user = try test.draft(name, number, role: .admin)
        let token = test.token(UInt8(number), .emailVerification, for: user)
        let mail = OutboxEntry(
            .mail, kind: "email_verification", about: user.id, to: "\(name)@example.test",
            token: OutboxToken(digest: token.digest, content: [1]), in: test.context(1))
        return try await test.store.createFirstAdministrator(
            user, passwordHash: StoreUnderTest.hash(), verification: MailedToken(token, flow: nil, mail: mail),
            context: test.context(1))
    }

    private static func races(_ test: StoreUnderTest) async throws {
        try requireEqual(try await test.store.hasAdministrator(), false, "whether there is one at first")
        let outcomes = try await concurrently(8) { try await create("admin\($0)", $0, test) }

        try requireEqual(outcomes.count { $0 == .created }, 1, "how many were made")
        try requireEqual(outcomes.count { $0 == .administratorExists }, 7, "how many came too late")
        try requireEqual(try await test.store.userCount(), 1, "the count")
        try requireEqual(try await test.store.hasAdministrator(), true, "whether there is one")
        let listed = try await test.store.users(matching: UserQuery(role: .admin, isActive: true)).users
        let admin = try requireValue(listed.first, "the administrator")
        try requireEqual(
            try await test.store.credential(of: admin.id)?.passwordHash, StoreUnderTest.hash(), "the hash")
        try requireEqual(
            try await OutboxChecks.rows(test).map(\.entry.userID), [admin.id], "the mails that verify an address")
        let events = try await test.audit().filter { $0.action == .firstAdministratorCreated }
        try requireEqual(events.count { $0.refusal == nil && $0.target == admin.id }, 1, "the event of the one")
        try requireEqual(events.count { $0.refusal == "administrator_exists" }, 7, "the events of the others")
    }

    private static func late(_ test: StoreUnderTest) async throws {
        let root = try await test.make("root", 1, role: .admin)
        let other = try await test.make("other", 2, role: .admin)
        try requireEqual(try await create("admin", 3, test), .administratorExists)
        for user in [root, other] {
            _ = try await test.store.perform(.setActive(false), on: user.id, context: test.context(2))
        }
        try requireEqual(try await create("admin", 3, test), .administratorExists, "beside a disabled one")
        try requireEqual(try await test.store.userCount(), 2, "the count")
    }

    private static func taken(_ test: StoreUnderTest) async throws {
        try await test.make("ada", 1)
        try requireEqual(try await create("ADA", 2, test), .taken(.username))
        try requireEqual(try await test.store.hasAdministrator(), false, "whether there is one")
        try requireEqual(try await test.store.userCount(), 1, "the count")
        try requireEqual(try await create("grace", 2, test), .created, "under another name")
    }
}
