// SPDX-License-Identifier: Apache-2.0

import AuthCore
import Testing

/// The table of proofs in `docs/passwords.md` against the rule that decides; `MailboxProofTests`, `ProviderPreHijackTests`,
/// `SupabasePreHijackTests`, `SupabaseCrossingTests` and `SupabaseChangeProofTests` try each row.
@Suite("Page on passwords and proofs of the mailbox")
struct ProofDocumentTests {
    @Test("what each proof does to credentials that are not bound is what the code does")
    func table() throws {
        let text = try Repository.text("docs/passwords.md")
        let user = User(id: UserID(UUIDv7(high: 1, low: 2)), createdAt: Timestamp(seconds: 1_800_000_000))
        let shown = user.credentialGeneration
        let byAddress = "a sign-in, an unlock or a verification that was asked for by address alone"
        let byProvider = "a sign-in by a provider that is trusted for the address"
        let proofs: [(proofs: [String], shown: CredentialGeneration?, isHere: Bool)] = [
            (
                ["the link, in the browser that registered", "the link, in the browser whose session asked for it"],
                shown, true
            ),
            (["the link, in another browser", "the link, in another browser"], shown, false),
            (["the code, where the user registered", "the code, where the session asked for it"], shown, true),
            ([byAddress, byAddress], nil, true),
            // What a provider proves, the client has shown nothing for.
            ([byProvider, byProvider], nil, false),
        ]
        for (names, shown, isHere) in proofs {
            let result =
                switch BindingEffect.of(user, shown: shown, isHere: isHere) {
                case .bind: "bound"
                case .keep: "kept, not bound"
                case .void: "removed"
                }
            for (maker, name) in zip(["registration", "an administrator"], names) {
                #expect(text.contains("| \(maker) | \(name) | \(result) |"))
            }
        }
        let typed = "| either | a verification, with the password typed on its page or sent beside the proof | bound |"
        #expect(text.contains(typed) && BindingEffect.of(user, shown: nil, isHere: false, showing: shown) == .bind)
        #expect(BindingEffect.of(user, shown: nil, isHere: false) == .void)
        var bound = user
        bound.isBound = true
        #expect(BindingEffect.of(bound, shown: nil, isHere: false) == .keep)
    }

    @Test("what a link, a code and an exchange of Supabase's API do to them is what the code does")
    func supabaseTable() throws {
        let text = try Repository.text("docs/passwords.md")
        let user = User(id: UserID(UUIDv7(high: 1, low: 2)), createdAt: Timestamp(seconds: 1_800_000_000))
        let shown = user.credentialGeneration
        func expect(
            _ maker: String, _ proof: String, _ result: String, _ effect: BindingEffect, _ decided: BindingEffect
        ) {
            #expect(text.contains("| \(maker) | \(proof) | \(result) |"), "\(proof)")
            #expect(effect == decided, "\(proof)")
        }
        let byAddress = "a magic link, or its code, that was asked for by address alone"
        expect(
            "a sign-up there", "the link or the code of its mail", "kept, not bound", .keep,
            .of(user, shown: shown, isHere: false))
        expect(
            "a sign-up there", "the code, sent with the access token of a live session", "bound", .bind,
            .of(user, shown: shown, isHere: false, showing: shown))
        expect(
            "a sign-up there, with or without autoconfirm", byAddress, "removed", .void,
            .of(user, shown: nil, isHere: false))
        expect("a key of the admin API", byAddress, "removed", .void, .of(user, shown: nil, isHere: false))
        for (maker, proof) in [
            ("a sign-up there", "the link or the code of a mail that `/resend` was asked for"),
            ("a sign-up there", "the invitation of a key (`/invite`), by its link or its code"),
            ("a key that makes a link (`generate_link`) with a password", "that link or its code"),
        ] {
            expect(maker, proof, "removed", .void, .of(user, shown: nil, isHere: false))
        }
        let again = "registration by authd's own routes, and a sign-up there with the same password"
        expect(again, "the link of that sign-up", "kept, not bound", .keep, .of(user, shown: shown, isHere: false))

        func exchange(binds: Bool) -> BindingEffect {
            SupabaseCode(
                digest: [], userID: user.id, method: "sb_signup", challenge: [], generation: shown, binds: binds,
                expiresAt: user.createdAt, wrongVerifiers: 0
            ).effect(on: user)
        }
        expect(
            "a sign-up there", "the link, and the exchange by the client that signed up", "bound", .bind,
            exchange(binds: true))
        expect(
            again, "the link of that sign-up, and the exchange by the client that signed up", "bound", .bind,
            exchange(binds: true))
        expect(
            "a sign-up there", "the link with `SUPABASE_VERIFY_ON_GET`, and the exchange by the client that signed up",
            "kept, not bound", .keep, exchange(binds: false))
    }
}
