// SPDX-License-Identifier: Apache-2.0

import AuthCore
import Testing

@Suite("Profile change")
struct ProfileChangeTests {
    let now = Timestamp(seconds: 2_000)

    func user() throws -> User {
        User(
            id: UserID(UUIDv7(high: 1, low: 1)), username: try Username("ada"),
            email: try EmailAddress("ada@example.test"), emailVerifiedAt: Timestamp(seconds: 1_500),
            fullName: try FullName("Ada Lovelace"), createdAt: Timestamp(seconds: 1_000))
    }

    @Test("a new address is unverified")
    func newAddress() throws {
        let change = ProfileChange(email: try EmailAddress("lovelace@example.test"))
        let changed = try change.applied(to: user(), at: now).get()

        #expect(changed.email?.original == "lovelace@example.test")
        #expect(changed.emailVerifiedAt == nil)
        #expect(changed.updatedAt == now)
    }

    @Test("the same address in another spelling stays verified")
    func otherLetters() throws {
        let change = ProfileChange(email: try EmailAddress("Ada@Example.test"))
        let changed = try change.applied(to: user(), at: now).get()

        #expect(changed.email?.original == "Ada@Example.test")
        #expect(changed.isVerified)
    }

    @Test("a language is set and removed, and is a change of its own")
    func language() throws {
        let german = try #require(LanguageTag("de"))
        let set = try ProfileChange(locale: german).applied(to: user(), at: now).get()
        #expect(set.locale == german && set.updatedAt == now && set.isVerified)
        #expect(try ProfileChange(locale: .some(nil)).applied(to: set, at: now).get().locale == nil)
        #expect(!ProfileChange(locale: .some(nil)).isEmpty && ProfileChange().isEmpty)
    }

    @Test("with an address a guest is none any more, and keeps a role that an administrator gave")
    func endOfAnonymity() throws {
        let address = ProfileChange(email: try EmailAddress("ada@example.test"))
        for (role, expected) in [(.guest, .user), (.user, .user), (.admin, .admin)] as [(Role, Role)] {
            let guest = User(
                id: UserID(UUIDv7(high: 1, low: 1)), role: role, isAnonymous: true, createdAt: Timestamp(seconds: 1_000)
            )
            let changed = try address.applied(to: guest, at: now).get()
            #expect(!changed.isAnonymous && changed.role == expected && !changed.isVerified && !changed.isBound)
            let named = try ProfileChange(fullName: try FullName("Ada")).applied(to: guest, at: now).get()
            #expect(named.isAnonymous && named.role == role)
        }
        let member = User(
            id: UserID(UUIDv7(high: 1, low: 1)), username: try Username("ada"), role: .guest,
            createdAt: Timestamp(seconds: 1_000))
        #expect(try address.applied(to: member, at: now).get().role == .guest)
    }

    @Test("a change without effect keeps the time of change")
    func nothingNew() throws {
        let change = ProfileChange(username: try Username("ada"), fullName: try FullName("Ada Lovelace"))
        let before = try user()

        #expect(try change.applied(to: before, at: now).get() == before)
        #expect(ProfileChange().isEmpty && !change.isEmpty)
    }

    @Test("one identifier must be left")
    func lastIdentifier() throws {
        let both = ProfileChange(username: .some(nil), email: .some(nil))
        let one = ProfileChange(username: .some(nil))

        let refused = #expect(throws: ProfileChangeRefused.self) { try both.applied(to: user(), at: now).get() }
        #expect(refused?.reason == .noIdentifierLeft)
        #expect(try one.applied(to: user(), at: now).get().username == nil)
    }

    @Test("a user who has signed up by a provider, without any identifier, can be changed")
    func noIdentifier() throws {
        let bare = User(id: UserID(UUIDv7(high: 1, low: 1)), createdAt: Timestamp(seconds: 1_000))
        let name = try FullName("Ada Lovelace")

        #expect(try ProfileChange(fullName: name).applied(to: bare, at: now).get().fullName == name)
    }
}
