// SPDX-License-Identifier: Apache-2.0

import AuthCore
import Testing

@Suite("Change of address")
struct AddressChangeTests {
    private let start = Timestamp(seconds: 1_800_000_000)
    private let id = UserID(UUIDv7(high: 1, low: 1))

    private func user(isBound: Bool = true, asksFor new: String? = "new@example.test") throws -> User {
        User(
            id: id, email: try EmailAddress("ada@example.test"), emailVerifiedAt: start,
            newEmail: try new.map { (text) throws(ValidationError) in try EmailAddress(text) },
            credentialGeneration: CredentialGeneration(7), isBound: isBound, createdAt: start)
    }

    private func token(
        _ address: String = "new@example.test", _ purpose: OneTimeTokenPurpose = .addressChange
    ) -> OneTimeToken {
        OneTimeToken(
            digest: [1], purpose: purpose, userID: id, address: address, createdAt: start,
            expiresAt: start + .seconds(60))
    }

    private func change(of user: User, after earlier: [AddressChange] = []) throws -> AddressChange {
        try #require(AddressChange(of: user, after: earlier, undoDigest: [UInt8(earlier.count)], at: start))
    }

    @Test("the credentials are bound where the client that asked confirms, or a session of the present generation")
    func binding() throws {
        let now = CredentialGeneration(7)
        let earlier = CredentialGeneration(6)
        let cases: [(CredentialGeneration?, Bool, CredentialGeneration?, Bool)] = [
            (now, true, nil, true), (now, false, nil, false), (nil, true, nil, false), (earlier, true, nil, false),
            (nil, false, now, true), (nil, false, earlier, false), (now, false, now, true),
        ]
        for wasBound in [true, false] {
            let user = try user(isBound: wasBound)
            for (shown, isHere, showing, isBound) in cases {
                let circumstances = ProofCircumstances(shown: shown, isHere: isHere, showing: showing)
                let outcome = token().redeem(for: .addressChange, user: user, by: circumstances, at: start)
                guard case .accept(.changeAddress(let changed)) = outcome else {
                    Issue.record("refused: \(outcome)")
                    continue
                }
                #expect(changed.isBound == isBound)
                #expect(changed.email == user.newEmail && changed.newEmail == nil && changed.isVerified)
                #expect(changed.epoch == user.epoch && changed.credentialGeneration == user.credentialGeneration)
            }
        }
    }

    // Behaviour F89
    @Test("a token gives no address that the user does not ask for now")
    func refusals() throws {
        func refusal(_ user: User, _ token: OneTimeToken, at seconds: Int64 = 0) -> OneTimeTokenRefusal? {
            let outcome = token.redeem(for: .addressChange, user: user, at: start + .seconds(seconds))
            guard case .refuse(let refusal) = outcome else { return nil }
            return refusal
        }
        #expect(refusal(try user(), token()) == nil)
        #expect(refusal(try user(asksFor: nil), token()) == .addressChanged)
        #expect(refusal(try user(asksFor: "other@example.test"), token()) == .addressChanged)
        #expect(refusal(try user(), token("ada@example.test")) == .addressChanged)
        #expect(refusal(try user(), token("new@example.test", .emailVerification)) == .wrongPurpose)
        #expect(refusal(try user(), token(), at: 60) == .expired)
        var disabled = try user()
        disabled.isActive = false
        #expect(refusal(disabled, token()) == .userDisabled)
    }

    @Test("an undo restores what was bound, keeps what was not replaced, and removes what was never bound")
    func undo() throws {
        let later = start + .seconds(10)
        let before = try user()
        var after = before
        after.email = try EmailAddress("new@example.test")
        after.isBound = false
        let kept = try change(of: before).undone(for: after, at: later)
        #expect(kept.password == .keep)
        #expect(kept.user.email == before.email && kept.user.emailVerifiedAt == start && kept.user.isBound)
        #expect(after.epoch < kept.user.epoch && after.credentialGeneration < kept.user.credentialGeneration)
        #expect(kept.user.newEmail == nil)

        after.credentialGeneration = after.credentialGeneration.next(at: later)
        #expect(try change(of: before).undone(for: after, at: later).password == .restore)

        var squatted = try user(isBound: false)
        squatted.emailVerifiedAt = nil
        let removed = try change(of: squatted).undone(for: after, at: later)
        #expect(removed.password == .remove && removed.user.isBound && removed.user.emailVerifiedAt == later)
    }

    @Test("changes are numbered, reserve the former address for 72 hours, and are undone with those after them")
    func changes() throws {
        let first = try change(of: try user())
        var moved = try user()
        moved.email = try EmailAddress("new@example.test")
        let second = try change(of: moved, after: [first])

        #expect([first.number, second.number] == [1, 2])
        #expect(first.undoing(in: [first, second]) == [first, second])
        #expect(second.undoing(in: [first, second]) == [second])
        let end = start + .seconds(72 * 3_600)
        #expect(first.endsAt == end && first.reserves("ada@example.test", at: end - .microseconds(1)))
        #expect(!first.reserves("ada@example.test", at: end) && !first.reserves("new@example.test", at: start))
        moved.email = nil
        #expect(AddressChange(of: moved, after: [], undoDigest: [], at: start) == nil)
    }

    @Test("what undoes a change outlives new credentials and other changes, and not its time")
    func lifetime() throws {
        #expect(OneTimeTokenPurpose.allCases.filter { !$0.endsWithPassword } == [.addressUndo, .invitation])
        let undo = token("ada@example.test", .addressUndo)
        #expect(!undo.isSpare(besideTokenFor: "new@example.test", at: start))
        #expect(undo.isSpare(besideTokenFor: "ada@example.test", at: start + .seconds(60)))
        #expect(token().isSpare(besideTokenFor: "other@example.test", at: start))
        var disabled = try user(asksFor: nil)
        disabled.isActive = false
        #expect(undo.refusal(for: .addressUndo, user: disabled, at: start) == nil)
    }
}
