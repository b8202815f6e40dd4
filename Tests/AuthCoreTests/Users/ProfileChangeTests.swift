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
}
