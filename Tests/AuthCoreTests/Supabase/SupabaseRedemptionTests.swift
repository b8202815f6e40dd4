// SPDX-License-Identifier: Apache-2.0

import AuthCore
import Testing

@Suite("Redemption of Supabase's links and codes")
struct SupabaseRedemptionTests {
    private let now = SupabaseExamples.now

    /// Decides on a token of the mail's kind, as a client presents it that says the right type.
    private func decide(
        _ kind: SupabaseMailKind, for user: User, as type: SupabaseVerification? = nil, token: OneTimeToken? = nil,
        shown: CredentialGeneration? = nil, showing: CredentialGeneration? = nil,
        confirmed: SupabaseAddressConfirmation? = nil, isSecure: Bool = true, at now: Timestamp? = nil
    ) throws -> SupabaseRedemption.Decision {
        let address = kind == .emailChangeNew ? SupabaseExamples.newAddress : SupabaseExamples.address
        let mail = SupabaseMail(
            kind, address: address, redirectTo: "https://app.example.test/", challenge: [])
        let usual = try #require(SupabaseVerification(rawValue: kind == .reauthentication ? "email" : kind.type))
        return SupabaseRedemption.decide(
            token ?? SupabaseExamples.token(to: address), mail: mail, user: user, as: type ?? usual, shown: shown,
            showing: showing, confirmed: confirmed, isSecure: isSecure, at: now ?? self.now)
    }

    private func confirmation(
        _ side: SupabaseAddressConfirmation.Side, address: String = SupabaseExamples.newAddress,
        of id: UserID = SupabaseExamples.id, endsIn lifetime: Duration = .seconds(60)
    ) -> SupabaseAddressConfirmation {
        SupabaseAddressConfirmation(userID: id, address: address, side: side, expiresAt: now + lifetime)
    }

    /// Which kinds each type redeems, from the table of the contract.
    private static let table: [(SupabaseVerification, Set<SupabaseMailKind>)] = [
        (.signup, [.signup, .invite]), (.invite, [.signup, .invite]), (.recovery, [.recovery, .magicLink]),
        (.magicLink, [.recovery, .magicLink]), (.email, [.signup, .invite, .recovery, .magicLink]),
        (.emailChange, [.emailChangeCurrent, .emailChangeNew]), (.sms, []), (.phoneChange, []),
    ]

    @Test("a type redeems the kinds of the contract's table and no other")
    func types() throws {
        #expect(Self.table.map(\.0) == SupabaseVerification.allCases)
        for (type, kinds) in Self.table {
            for kind in SupabaseMailKind.allCases {
                let user = try SupabaseExamples.user(verified: true, asksFor: SupabaseExamples.newAddress)
                let decision = try decide(kind, for: user, as: type)
                #expect(type.admits(kind) == kinds.contains(kind), "\(type) \(kind)")
                #expect((decision == .refuse(.wrongPurpose)) == !kinds.contains(kind), "\(type) \(kind)")
            }
        }
    }

    @Test("a code of reauthentication is redeemed as nothing", arguments: SupabaseVerification.allCases)
    func reauthentication(_ type: SupabaseVerification) throws {
        let user = try SupabaseExamples.user(verified: true)
        #expect(try decide(.reauthentication, for: user, as: type) == .refuse(.wrongPurpose))
    }

    @Test(
        "signing in proves the mailbox, and does to the credentials what was shown",
        arguments: [SupabaseMailKind.signup, .invite, .magicLink, .recovery])
    func signIn(_ kind: SupabaseMailKind) throws {
        let generation = CredentialGeneration(5)
        let user = try SupabaseExamples.user(generation: generation)
        let cases: [(shown: CredentialGeneration?, showing: CredentialGeneration?, effect: BindingEffect)] = [
            (nil, nil, .void), (CredentialGeneration(4), nil, .void), (nil, CredentialGeneration(4), .void),
            // The client that has the token is never taken for the one that asked.
            (generation, nil, .keep), (nil, generation, .bind), (generation, generation, .bind),
        ]
        for (shown, showing, effect) in cases {
            var expected = user
            expected.emailVerifiedAt = now
            expected.updatedAt = now
            expected.apply(effect, at: now)
            #expect(try decide(kind, for: user, shown: shown, showing: showing) == .signIn(expected, effect))
        }
        let bound = try SupabaseExamples.user(verified: true, isBound: true, generation: generation)
        #expect(try decide(kind, for: bound) == .signIn(bound, .keep))
    }

    @Test("a token is good for its own purpose, time and address, and for a user who may sign in")
    func refusals() throws {
        let user = try SupabaseExamples.user(verified: true, asksFor: SupabaseExamples.newAddress)
        let native = SupabaseExamples.token(purpose: .signIn)
        #expect(try decide(.magicLink, for: user, token: native) == .refuse(.wrongPurpose))
        let end = SupabaseExamples.token().expiresAt
        #expect(try decide(.magicLink, for: user, at: end - .microseconds(1)) != .refuse(.expired))
        #expect(try decide(.magicLink, for: user, at: end) == .refuse(.expired))
        // The user has asked for this address, and it is not theirs yet.
        let other = SupabaseExamples.token(to: SupabaseExamples.newAddress)
        #expect(try decide(.magicLink, for: user, token: other) == .refuse(.addressChanged))
        let third = SupabaseExamples.token(to: "third@example.test")
        for kind in SupabaseMailKind.allCases where kind != .reauthentication {
            #expect(try decide(kind, for: user, token: third) == .refuse(.addressChanged))
            var banned = user
            banned.bannedUntil = now + .seconds(1)
            #expect(try decide(kind, for: banned) == .refuse(.userDisabled))
            var disabled = user
            disabled.isActive = false
            #expect(try decide(kind, for: disabled) == .refuse(.userDisabled))
        }
    }

    @Test("a change of a proven address needs both mailboxes, in either order")
    func bothMailboxes() throws {
        let user = try SupabaseExamples.user(verified: true, asksFor: SupabaseExamples.newAddress, isBound: true)
        let end = SupabaseExamples.token().expiresAt
        let sides: [(SupabaseMailKind, SupabaseAddressConfirmation.Side, SupabaseAddressConfirmation.Side)] = [
            (.emailChangeCurrent, .current, .new), (.emailChangeNew, .new, .current),
        ]
        for (kind, own, other) in sides {
            let first = SupabaseAddressConfirmation(
                userID: user.id, address: SupabaseExamples.newAddress, side: own, expiresAt: end)
            let useless: [SupabaseAddressConfirmation?] = [
                nil, confirmation(own), confirmation(other, address: "third@example.test"),
                confirmation(other, endsIn: .zero), confirmation(other, of: UserID(UUIDv7(high: 9, low: 9))),
            ]
            for confirmed in useless {
                #expect(try decide(kind, for: user, confirmed: confirmed) == .first(first))
            }
            var changed = user
            changed.email = user.newEmail
            changed.newEmail = nil
            changed.emailVerifiedAt = now
            changed.isBound = false
            changed.updatedAt = now
            #expect(try decide(kind, for: user, confirmed: confirmation(other)) == .changeAddress(changed))
        }
    }

    @Test("the new mailbox alone is enough where that is set, and where no address is proven; the present one never is")
    func oneMailbox() throws {
        let proven = try SupabaseExamples.user(verified: true, asksFor: SupabaseExamples.newAddress)
        let unproven = try SupabaseExamples.user(asksFor: SupabaseExamples.newAddress)
        let guest = try SupabaseExamples.guest(asksFor: SupabaseExamples.newAddress)
        for (user, isSecure) in [(proven, false), (unproven, true), (unproven, false), (guest, true), (guest, false)] {
            guard case .changeAddress(let changed) = try decide(.emailChangeNew, for: user, isSecure: isSecure) else {
                Issue.record("the new mailbox is not enough")
                continue
            }
            #expect(changed.email == user.newEmail && changed.isVerified && !changed.isAnonymous)
            #expect(changed.role == .user && changed.newEmail == nil)
        }
        for (user, isSecure) in [(proven, false), (unproven, true), (unproven, false)] {
            guard case .first(let first) = try decide(.emailChangeCurrent, for: user, isSecure: isSecure) else {
                Issue.record("the present mailbox gave an address that was never proven")
                continue
            }
            #expect(first.side == .current)
        }
    }

    @Test("a change binds the credentials to the new address where a live session of theirs is shown, and only then")
    func binding() throws {
        let generation = CredentialGeneration(5)
        for isBound in [false, true] {
            let user = try SupabaseExamples.user(
                verified: true, asksFor: SupabaseExamples.newAddress, isBound: isBound, generation: generation)
            for (shown, showing, expected) in [
                (nil, nil, false), (generation, nil, false), (nil, CredentialGeneration(4), false),
                (nil, generation, true),
            ] as [(CredentialGeneration?, CredentialGeneration?, Bool)] {
                let decision = try decide(
                    .emailChangeNew, for: user, shown: shown, showing: showing, confirmed: confirmation(.current))
                guard case .changeAddress(let changed) = decision else {
                    Issue.record("the change came to \(decision)")
                    continue
                }
                #expect(changed.isBound == expected)
            }
        }
    }

    @Test("a change that was given up or replaced is not made")
    func givenUp() throws {
        let without = try SupabaseExamples.user(verified: true)
        let other = try SupabaseExamples.user(verified: true, asksFor: "third@example.test")
        for user in [without, other] {
            #expect(
                try decide(.emailChangeNew, for: user, confirmed: confirmation(.current)) == .refuse(.addressChanged))
        }
        #expect(
            try decide(.emailChangeCurrent, for: without, confirmed: confirmation(.new)) == .refuse(.addressChanged))
        guard case .first(let first) = try decide(.emailChangeCurrent, for: other, confirmed: confirmation(.new)) else {
            Issue.record("a confirmation of another address was taken for this one")
            return
        }
        #expect(first.address == "third@example.test")
    }

    @Test("natively, no token of this API does anything, and stays beside those for other addresses")
    func natively() throws {
        let token = SupabaseExamples.token()
        let user = try SupabaseExamples.user(verified: true)
        for purpose in OneTimeTokenPurpose.allCases {
            #expect(token.redeem(for: purpose, user: user, at: now) == .refuse(.wrongPurpose))
        }
        #expect(!token.isSpare(besideTokenFor: SupabaseExamples.newAddress, at: now))
        #expect(token.isSpare(besideTokenFor: SupabaseExamples.address, at: token.expiresAt))
        #expect(OneTimeTokenPurpose.supabase.endsWithPassword)
    }
}
