// SPDX-License-Identifier: Apache-2.0

import AuthCore
import Testing

@Suite("One-time token")
struct OneTimeTokenTests {
    let start = Timestamp(seconds: 1_000)

    func user() throws -> User {
        User(
            id: UserID(UUIDv7(high: 1, low: 1)), email: try EmailAddress("ada@example.test"), mustChangePassword: true,
            epoch: UserEpoch(2), createdAt: start)
    }

    func token(_ purpose: OneTimeTokenPurpose, address: String = "ada@example.test") -> OneTimeToken {
        OneTimeToken(
            digest: [1], purpose: purpose, userID: UserID(UUIDv7(high: 1, low: 1)), address: address,
            createdAt: start, expiresAt: start + .seconds(60))
    }

    @Test("a reset verifies the address, binds the new password, and raises the epoch and the generation")
    func reset() throws {
        let now = start + .seconds(1)
        var expected = try user()
        expected.emailVerifiedAt = now
        expected.updatedAt = now
        expected.epoch = UserEpoch.first.next(at: now)
        expected.mustChangePassword = false
        expected.credentialGeneration = CredentialGeneration.first.next(at: now)
        expected.isBound = true

        #expect(
            token(.passwordReset).redeem(for: .passwordReset, user: try user(), at: now)
                == .accept(.setPassword(expected, .bind)))
        var bound = try user()
        bound.isBound = true
        #expect(
            token(.passwordReset).redeem(for: .passwordReset, user: bound, at: now)
                == .accept(.setPassword(expected, .keep)))
    }

    @Test("each purpose does one thing: proves the mailbox, sets a password, or gives or restores an address")
    func kinds() throws {
        var user = try user()
        user.newEmail = try EmailAddress("new@example.test")
        let change = try #require(AddressChange(of: user, after: [], undoDigest: [1], at: start))
        func purposes(_ isKind: (OneTimeTokenEffect) -> Bool) -> [OneTimeTokenPurpose] {
            OneTimeTokenPurpose.allCases.filter { purpose in
                let address = purpose == .addressChange ? "new@example.test" : "ada@example.test"
                let redemption = token(purpose, address: address).redeem(
                    for: purpose, user: user, undoing: change, at: start)
                guard case .accept(let effect) = redemption else { return false }
                return isKind(effect)
            }
        }
        let proving = purposes { if case .prove = $0 { true } else { false } }
        let setting = purposes { if case .setPassword = $0 { true } else { false } }
        let changing = purposes { if case .changeAddress = $0 { true } else { false } }
        let restoring = purposes { if case .restoreAddress = $0 { true } else { false } }
        #expect(proving == [.emailVerification, .signIn, .unlock, .invitation, .reauthentication])
        #expect(setting == [.passwordReset] && changing == [.addressChange] && restoring == [.addressUndo])
    }

    @Test("a token undoes its own change alone, as long as that can be undone")
    func undo() throws {
        let user = try user()
        let undo = token(.addressUndo)
        func redeem(_ change: AddressChange?, at now: Timestamp) -> OneTimeTokenRedemption {
            undo.redeem(for: .addressUndo, user: user, undoing: change, at: now)
        }
        let change = try #require(AddressChange(of: user, after: [], undoDigest: [1], at: start))
        let other = try #require(AddressChange(of: user, after: [], undoDigest: [2], at: start))
        let over = try #require(
            AddressChange(of: user, after: [], undoDigest: [1], at: start - AddressChange.undoPeriod))
        #expect(redeem(nil, at: start) == .refuse(.unknown))
        #expect(redeem(other, at: start) == .refuse(.unknown))
        #expect(redeem(over, at: start) == .refuse(.unknown))
        let undone = change.undone(for: user, at: start)
        #expect(redeem(change, at: start) == .accept(.restoreAddress(undone.user, undone.password)))
    }

    @Test("a verification verifies the address and changes nothing else")
    func verification() throws {
        let now = start + .seconds(1)
        var expected = try user()
        expected.emailVerifiedAt = now
        expected.updatedAt = now

        #expect(
            token(.emailVerification).redeem(
                for: .emailVerification, user: try user(), by: ProofCircumstances(shown: .first), at: now)
                == .accept(.prove(expected, .keep)))
    }

    @Test(
        "what proves the address that the user has applies the effect of the proof",
        arguments: [
            (ProofCircumstances(shown: .first), .keep), (ProofCircumstances(shown: .first, isHere: true), .bind),
            (ProofCircumstances(showing: .first), .bind), (ProofCircumstances(), .void),
        ] as [(ProofCircumstances, BindingEffect)])
    func effects(_ circumstances: ProofCircumstances, _ effect: BindingEffect) throws {
        let now = start + .seconds(1)
        // What a change of address does to the user is decided with the change, and the mails of Supabase's API apart.
        let others: Set<OneTimeTokenPurpose> = [.passwordReset, .addressChange, .addressUndo, .supabase]
        for purpose in OneTimeTokenPurpose.allCases where !others.contains(purpose) {
            var expected = try user()
            expected.emailVerifiedAt = now
            expected.updatedAt = now
            expected.apply(effect, at: now)

            let redemption = token(purpose).redeem(for: purpose, user: try user(), by: circumstances, at: now)
            #expect(redemption == .accept(.prove(expected, effect)))
        }
    }

    @Test("a proof that finds the address verified and the credentials bound leaves the user as they are")
    func unchanged() throws {
        var user = try user()
        user.emailVerifiedAt = start
        user.isBound = true
        let verification = token(.emailVerification)
        let now = start + .seconds(1)
        #expect(
            verification.redeem(for: .emailVerification, user: user, at: now) == .accept(.prove(user, .keep)))
    }

    @Test("one for another address or of the past makes room for a new one")
    func spare() {
        let one = token(.passwordReset)

        #expect(!one.isSpare(besideTokenFor: "ada@example.test", at: one.expiresAt - .microseconds(1)))
        #expect(one.isSpare(besideTokenFor: "ada@example.test", at: one.expiresAt))
        #expect(one.isSpare(besideTokenFor: "bob@example.test", at: start))
    }

    @Test("a token is accepted for its own purpose only")
    func purposes() throws {
        for made in OneTimeTokenPurpose.allCases {
            for wanted in OneTimeTokenPurpose.allCases where wanted != made {
                #expect(token(made).redeem(for: wanted, user: try user(), at: start) == .refuse(.wrongPurpose))
            }
        }
    }

    @Test("a token expires at the instant of its expiry")
    func expiry() throws {
        let reset = token(.passwordReset)
        let last = reset.redeem(for: .passwordReset, user: try user(), at: reset.expiresAt - .microseconds(1))

        #expect(last != .refuse(.expired))
        #expect(reset.redeem(for: .passwordReset, user: try user(), at: reset.expiresAt) == .refuse(.expired))
    }

    @Test("a token is void after a change of address, and does not re-enable a disabled user")
    func addressAndState() throws {
        var disabled = try user()
        disabled.isActive = false
        var banned = try user()
        banned.bannedUntil = start + .seconds(30)

        #expect(
            token(.passwordReset, address: "old@example.test").redeem(for: .passwordReset, user: try user(), at: start)
                == .refuse(.addressChanged))
        #expect(
            token(.passwordReset).redeem(for: .passwordReset, user: disabled, at: start) == .refuse(.userDisabled))
        #expect(token(.passwordReset).redeem(for: .passwordReset, user: banned, at: start) == .refuse(.userDisabled))
        #expect(
            token(.passwordReset).redeem(for: .passwordReset, user: banned, at: start + .seconds(30))
                != .refuse(.userDisabled))
    }
}
