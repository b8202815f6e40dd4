// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthCrypto
import AuthService
import AuthStore
import AuthTesting
import Testing

@Suite("Supabase's API: administration")
struct SupabaseAdminTests {
    private static let newPassword = "green lantern over the bay"

    @Test("a user is made with an id and metadata, and is unconfirmed unless that is said")
    func create() async throws {
        let fixture = try await SupabaseFixture.autoconfirming()
        let admin = try await fixture.admin()
        let id = "6d3a4c5e-1f2b-4a3c-9d8e-7f6a5b4c3d2e"
        let draft = SupabaseDraft(
            id: id, email: "Ada@Example.test", password: Self.newPassword, appMetadata: ["plan": "pro"],
            userMetadata: ["color": "red"])
        let profile = try await fixture.api.create(draft, by: admin, from: client)
        #expect(profile.record.user.id.description == id && profile.confirmedAt == nil)
        #expect(profile.appMetadata["plan"] == "pro" && profile.userMetadata == ["color": "red"])
        #expect(profile.record.user.email?.canonical == "ada@example.test" && !profile.record.user.isBound)
        let notice = try await fixture.authority.message(.administratorActed, to: "ada")
        #expect(notice.details["did_password"] != nil)
        await #expect(throws: SupabaseError.emailExists) {
            try await fixture.api.create(SupabaseDraft(email: "ada@example.test"), by: admin, from: client)
        }
        await #expect(throws: SupabaseError.userAlreadyExists) {
            try await fixture.api.create(SupabaseDraft(id: id, email: "grace@example.test"), by: admin, from: client)
        }
        let events = try await fixture.authority.store.auditEvents(before: nil, limit: 100).map(\.event)
        #expect(events.contains { $0.action == .userCreated && $0.actor == admin.actor })
    }

    @Test("the password of another system comes along as its hash, and signs in")
    func importedHash() async throws {
        let fixture = try await SupabaseFixture()
        let admin = try await fixture.admin()
        let hash = try await fixture.authority.hasher.hash(Password(SupabaseFixture.password)).encoded
        _ = try await fixture.api.create(
            SupabaseDraft(email: "ada@example.test", passwordHash: hash, confirmsEmail: true), by: admin, from: client)
        _ = try await fixture.signIn()
    }

    @Test(
        "drafts that are refused",
        arguments: [
            SupabaseDraft(email: nil), SupabaseDraft(email: "no address"),
            SupabaseDraft(email: "a@b.test", role: "admin"),
            SupabaseDraft(email: "a@b.test", password: "x1"), SupabaseDraft(id: "1", email: "a@b.test"),
            SupabaseDraft(id: "00000000-0000-0000-0000-000000000000", email: "a@b.test"),
            SupabaseDraft(email: "a@b.test", passwordHash: "$fbscrypt$v=1,n=14$x"),
            SupabaseDraft(email: "a@b.test", password: "a good password", passwordHash: "$2b$04$x"),
            SupabaseDraft(email: "a@b.test", phone: "+4930123456"),
            SupabaseDraft(email: "a@b.test", banDuration: "-1h"),
        ])
    func refused(_ draft: SupabaseDraft) async throws {
        let fixture = try await SupabaseFixture()
        let admin = try await fixture.admin()
        await #expect(throws: SupabaseError.self) { try await fixture.api.create(draft, by: admin, from: client) }
        #expect(try await fixture.authority.service.users.count() == 0)
    }

    @Test("a new password ends every session, unbinds, and the user is told")
    func update() async throws {
        let fixture = try await SupabaseFixture()
        let session = try await fixture.confirmed()
        let admin = try await fixture.admin()
        let id = session.profile.record.user.id

        let profile = try await fixture.api.update(
            id, by: SupabaseDraft(password: Self.newPassword, userMetadata: ["color": "red"]), as: admin, from: client)

        #expect(!profile.record.user.isBound && profile.userMetadata["color"] == "red")
        await #expect(throws: SupabaseError.sessionNotFound) { try await fixture.caller(session) }
        _ = try await fixture.signIn("ada", Self.newPassword)
        _ = try await fixture.authority.message(.administratorActed, to: "ada")
    }

    @Test("users with administrative power are out of reach, unless the settings say otherwise")
    func protection() async throws {
        for manages in [false, true] {
            let fixture = try await SupabaseFixture { _, supabase in supabase.managesAdmins = manages }
            _ = try await fixture.authority.signIn(as: "root", role: .admin)
            _ = try await fixture.authority.signIn(as: "other", role: .admin)
            let id = try await fixture.authority.stored("root").id
            let admin = try await fixture.admin()
            let api = fixture.api
            let address = manages ? "x@y.test" : "root@example.test"
            let acts: [() async throws -> Void] = [
                {
                    _ = try await api.update(
                        id, by: SupabaseDraft(password: Self.newPassword), as: admin, from: client)
                },
                { _ = try await api.update(id, by: SupabaseDraft(email: "x@y.test"), as: admin, from: client) },
                {
                    _ = try await api.generateLink(
                        SupabaseLinkOrder(type: "recovery", email: address), by: admin, from: client)
                },
                { try await api.delete(id, softly: false, by: admin, from: client) },
            ]
            for act in acts {
                if manages {
                    try await act()
                } else {
                    await #expect(throws: SupabaseError.self) { try await act() }
                }
            }
            #expect(try await fixture.authority.service.users.count() == (manages ? 1 : 2))
        }
    }

    @Test("a takeover that is refused is audited, with the user whom it was meant for")
    func auditedProtection() async throws {
        let fixture = try await SupabaseFixture()
        _ = try await fixture.authority.signIn(as: "root", role: .admin)
        let root = try await fixture.authority.stored("root").id
        let admin = try await fixture.admin()
        let api = fixture.api
        await #expect(throws: SupabaseError.notAdmin) {
            try await api.generateLink(
                SupabaseLinkOrder(type: "recovery", email: "root@example.test"), by: admin, from: client)
        }
        await #expect(throws: SupabaseError.notAdmin) {
            try await api.delete(root, softly: false, by: admin, from: client)
        }
        await fixture.authority.service.completeDeferredWork()
        let events = try await fixture.authority.store.auditEvents(before: nil, limit: 100).map(\.event)
        for action in [AuditAction.supabaseLinkCreated, .userDeleted] {
            #expect(
                events.contains { $0.action == action && $0.refusal == "protected" && $0.target == root },
                "\(action.rawValue)")
        }
    }

    @Test("the id of a deleted user is not given to another one")
    func idOfDeleted() async throws {
        let fixture = try await SupabaseFixture()
        let admin = try await fixture.admin()
        let id = "6d3a4c5e-1f2b-4a3c-9d8e-7f6a5b4c3d2e"
        let made = try await fixture.api.create(
            SupabaseDraft(id: id, email: "ada@example.test"), by: admin, from: client)
        try await fixture.api.delete(made.record.user.id, softly: false, by: admin, from: client)
        await #expect(throws: SupabaseError.userAlreadyExists) {
            try await fixture.api.create(SupabaseDraft(id: id, email: "grace@example.test"), by: admin, from: client)
        }
    }

    @Test("a user whom an administrator made unconfirmed does not sign in, with autoconfirm either")
    func unconfirmed() async throws {
        let fixture = try await SupabaseFixture.autoconfirming()
        let admin = try await fixture.admin()
        _ = try await fixture.api.create(
            SupabaseDraft(email: "ada@example.test", password: Self.newPassword), by: admin, from: client)
        await #expect(throws: SupabaseError.emailNotConfirmed) { try await fixture.signIn("ada", Self.newPassword) }
        await #expect(throws: SupabaseError.emailNotConfirmed) { try await fixture.signUp("ada", Self.newPassword) }
    }

    @Test("a link and its code redeem the same token once, and the user is told that there is one")
    func links() async throws {
        let fixture = try await SupabaseFixture()
        let admin = try await fixture.admin()
        let order = SupabaseLinkOrder(
            type: "magiclink", email: "ada@example.test", redirectTo: SupabaseFixture.app, data: ["color": "red"])
        let link = try await fixture.api.generateLink(order, by: admin, from: client)
        #expect(link.verificationType == "signup" && link.profile.userMetadata == ["color": "red"])
        #expect(link.actionLink.hasPrefix("\(SupabaseFixture.base)/verify?token=\(link.hashedToken)&type=signup"))
        #expect(link.redirectTo == SupabaseFixture.app && !"\(link)".contains(link.hashedToken))
        let notice = try await fixture.authority.message(.administratorActed, to: "ada")
        #expect(notice.details["did_link"] != nil)

        _ = try await fixture.verify("signup", code: link.code)

        let target = await fixture.follow(link.hashedToken, "signup")
        #expect(SupabaseFixture.parameter("error_code", of: target) == "otp_expired")
        let recovery = try await fixture.api.generateLink(
            SupabaseLinkOrder(type: "recovery", email: "ada@example.test"), by: admin, from: client)
        #expect((await fixture.follow(recovery.hashedToken, "recovery")).contains("access_token="))
        for (type, email, error) in [
            ("recovery", "unknown@example.test", SupabaseError.userNotFound),
            ("signup", "ada@example.test", .emailExists), ("invite", "ada@example.test", .emailExists),
        ] {
            await #expect(throws: error) {
                try await fixture.api.generateLink(
                    SupabaseLinkOrder(type: type, email: email), by: admin, from: client)
            }
        }
        #expect(try await fixture.authority.refusals(of: .supabaseLinkCreated) == [nil, nil])
    }

    @Test("an invitation makes a user, who is confirmed by accepting it")
    func invite() async throws {
        let fixture = try await SupabaseFixture()
        let admin = try await fixture.admin()
        let profile = try await fixture.api.invite(
            email: "ada@example.test", data: ["team": "one"], redirectTo: nil, by: admin, from: client)
        #expect(profile.confirmedAt == nil && profile.record.mails[.invite] != nil)
        let session = try await fixture.verify("invite", code: try await fixture.code(.supabaseInvite))
        #expect(session.profile.confirmedAt != nil && session.profile.userMetadata["team"] == "one")
        await #expect(throws: SupabaseError.emailExists) {
            try await fixture.api.invite(
                email: "ada@example.test", data: nil, redirectTo: nil, by: admin, from: client)
        }
    }

    @Test("soft deletion leaves a row without the person, whose address is free again")
    func softDeletion() async throws {
        let fixture = try await SupabaseFixture.autoconfirming()
        let session = try await fixture.session()
        let admin = try await fixture.admin()
        let id = session.profile.record.user.id
        try await fixture.api.delete(id, softly: true, by: admin, from: client)
        let profile = try await fixture.api.user(id)
        #expect(profile.record.user.deletedAt != nil && profile.record.user.email == nil)
        #expect(!profile.record.hasPassword)
        await #expect(throws: SupabaseError.userNotFound) { try await fixture.caller(session) }
        _ = try await fixture.session()
        try await fixture.api.delete(id, softly: false, by: admin, from: client)
        await #expect(throws: SupabaseError.userNotFound) { try await fixture.api.user(id) }
    }

    @Test("users are listed the newest first, in pages, with their number")
    func list() async throws {
        let fixture = try await SupabaseFixture.autoconfirming()
        for name in ["ada", "grace", "hedy"] {
            _ = try await fixture.session(name)
            fixture.clock.advance(by: .seconds(1))
        }
        let first = try await fixture.api.list(page: 1, perPage: 2, filter: nil, isAscending: false)
        #expect(
            first.total == 3
                && first.profiles.map { $0.record.user.email?.canonical }
                    == ["hedy@example.test", "grace@example.test"]
        )
        #expect(first.profiles.allSatisfy { $0.isOfList })
        let second = try await fixture.api.list(page: 2, perPage: 2, filter: nil, isAscending: false)
        #expect(second.profiles.count == 1)
        let found = try await fixture.api.list(page: 1, perPage: 50, filter: "grace", isAscending: true)
        #expect(found.total == 1)
        for (page, perPage) in [(0, 1), (1, 0), (1, 1_001), (Int.max, 1_000)] {
            await #expect(throws: SupabaseError.self) {
                try await fixture.api.list(page: page, perPage: perPage, filter: nil, isAscending: true)
            }
        }
        #expect(try await fixture.api.audit(page: 1, perPage: 5).count == 5)
    }
}
