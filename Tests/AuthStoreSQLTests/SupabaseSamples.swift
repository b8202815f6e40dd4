// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthStore

extension Statements.Samples {
    private static var octets: [UInt8] { [UInt8](repeating: 7, count: 32) }

    private var offer: AddressUndoOffer {
        AddressUndoOffer(flow: FlowID([9]), token: OutboxToken(digest: [9], content: [2]), codeDigest: [8])
    }

    /// A mail of Supabase's API, whose token has the digest of the other samples.
    func supabaseMail(_ kind: SupabaseMailKind, to address: String) -> MailedToken {
        let token = OneTimeToken(
            digest: [1], purpose: .supabase, userID: user.id, address: address, createdAt: now,
            expiresAt: now + .seconds(10))
        let flow = MailedFlow(
            id: FlowID([3]), purpose: .supabase, recipient: address, token: token.key, shown: .first,
            codeDigest: [4], codeExpiresAt: now + .seconds(5), expiresAt: token.expiresAt, mailedAt: now, source: nil,
            userAgent: nil, createdAt: now,
            supabase: SupabaseMail(
                kind, address: address, redirectTo: "https://app.example.test/", challenge: Self.octets))
        return MailedToken(token, flow: flow, mail: nil)
    }

    /// The link of a mail, its code, and another one.
    func supabaseProofs(_ mail: MailedToken) -> [SupabasePresented] {
        let address = mail.token.address
        return [
            .link(mail.token.key), .code(address: address, digests: [[4]], budgets: [supabaseBudget]),
            .code(address: address, digests: [[5]], budgets: [supabaseBudget]),
        ]
    }

    /// What redeems a proof for a session, and for a code.
    func supabaseCalls(_ proof: SupabasePresented, as type: SupabaseVerification) -> [SupabaseRedeeming] {
        let offer = offer
        return [.session(session), .code(digest: [1], binds: true)].map { opening in
            SupabaseRedeeming(
                proof, as: type, showing: nil, opening: opening, isSecure: true, undo: { _ in offer },
                limit: SessionLimit(perUser: 1))
        }
    }

    var supabaseBudget: SupabaseBudget { SupabaseBudget(key: Self.octets, rule: .standard) }

    var supabaseCode: SupabaseCode {
        SupabaseCode(
            digest: [1], userID: user.id, method: "sb_signup", challenge: Self.octets, generation: .first, binds: true,
            expiresAt: now + .seconds(10), wrongVerifiers: 0)
    }

    var supabaseConfirmation: SupabaseAddressConfirmation {
        SupabaseAddressConfirmation(
            userID: user.id, address: "new@example.test", side: .current, expiresAt: now + .seconds(10))
    }

    var supabaseKey: SupabaseKey {
        SupabaseKey(
            id: SupabaseKeyID(user.id.uuid), form: .opaque, digest: Self.octets, name: "k", creator: user.id,
            createdAt: now, lastUsedAt: now, expiresAt: now + .seconds(10))
    }

    /// A change with a nonce at once, and one that asks for an address.
    var supabaseChanges: [SupabaseOwnChange] {
        let recent = RecentProof(within: .seconds(10), leeway: .zero)
        let mail = supabaseMail(.emailChangeNew, to: "new@example.test")
        let order = SupabaseMailOrder(mails: [mail], asking: user.newEmail)
        let password = SupabaseOwnChange.NewPassword(expected: hash, new: hash)
        let emails: [SupabaseOwnChange.Email?] = [
            user.newEmail.map { SupabaseOwnChange.Email.now($0, undo: offer) }, .pending(order, under: .unlimited), nil,
        ]
        return emails.map { email in
            SupabaseOwnChange(
                session: session.id, data: nil, password: password, email: email,
                nonce: SupabaseOwnChange.Nonce(digests: [[5]], budgets: [supabaseBudget]), isProven: email != nil,
                needsProof: true, recent: recent, recovery: .zero)
        }
    }

    var supabaseUpdates: [SupabaseAdminUpdate] {
        [
            SupabaseAdminUpdate(
                email: user.newEmail, confirmsEmail: true, password: hash, ban: .until(now), managesAdmins: true,
                undo: offer),
            SupabaseAdminUpdate(confirmsEmail: true, managesAdmins: false, undo: offer),
        ]
    }

    /// Each write that is of this API alone.
    var supabaseWrites: [StoreWrite] {
        [
            .freeIdentifiers(user), .putSupabaseCode(supabaseCode), .removeSupabaseCode([1]),
            .removeSupabaseCodes(user.id), .forgetUser(user.id),
            .countWrongSupabaseVerifier([1]), .putAddressConfirmation(supabaseConfirmation),
            .removeAddressConfirmation(user.id), .putSupabaseBudget(Self.octets, MailBudget()), .voidCode(flow.id),
            .putSupabaseKey(supabaseKey), .noteSupabaseKeyUse(supabaseKey.id, now),
        ]
    }
}
