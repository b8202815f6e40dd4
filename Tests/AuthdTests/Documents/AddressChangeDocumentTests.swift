// SPDX-License-Identifier: Apache-2.0

import AuthCore
import Testing

/// The table of changes of address in `docs/mail.md` against the rule that decides; `AddressChangeBindingTests` tries each row.
@Suite("Page on mail and changes of address")
struct AddressChangeDocumentTests {
    @Test("what each way to confirm does to password and sessions is what the code does")
    func table() throws {
        let text = try Repository.text("docs/mail.md")
        let start = Timestamp(seconds: 1_800_000_000)
        let user = User(
            id: UserID(UUIDv7(high: 1, low: 2)), newEmail: try EmailAddress("new@example.test"), isBound: true,
            createdAt: start)
        let token = OneTimeToken(
            digest: [1], purpose: .addressChange, userID: user.id, address: "new@example.test", createdAt: start,
            expiresAt: start + .seconds(60))
        let generation = user.credentialGeneration
        let ways: [(name: String, isHere: Bool, showing: CredentialGeneration?)] = [
            ("by the link, in the browser that asked or with its handle", true, nil),
            ("by handle and code", true, nil),
            ("by the link with an access token of a live session", false, generation),
            ("by the link elsewhere, with or without the code", false, nil),
        ]
        for (name, isHere, showing) in ways {
            let circumstances = ProofCircumstances(shown: generation, isHere: isHere, showing: showing)
            let outcome = token.redeem(for: .addressChange, user: user, by: circumstances, at: start)
            guard case .accept(.changeAddress(let changed)) = outcome else {
                Issue.record("refused: \(outcome)")
                continue
            }
            #expect(
                text.contains("| \(name) | \(changed.isBound ? "bound to the new address |" : "kept, and not bound:")"))
        }
        let hours = AddressChange.undoPeriod.components.seconds / 3_600
        #expect(text.contains("For \(hours) hours its owner can undo the change"))
    }
}
