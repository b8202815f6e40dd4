// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthStore

extension OneTimeTokenIssuer {
    /// Stores the tokens of one or two mails of Supabase's API, with the mails that carry them.
    ///
    /// With `claim`, the request that they answer ends in the same transaction. Where none is issued, the audit says why.
    ///
    /// - Returns: Whether the mails were written.
    func issueSupabase(
        _ order: SupabaseMailOrder, of user: UserID, under terms: MailTerms,
        answering claim: MailRequestClaim? = nil, _ context: OperationContext
    ) async throws(AuthError) -> Bool {
        let issuance = try await core.commit(at: context.now) { store throws(StoreError) in
            try await store.issueSupabaseMail(order, under: terms, answering: claim, context: context)
        }
        switch issuance {
        case .issued:
            guard order.mails.contains(where: { $0.mail != nil }) else { return true }
            core.outbox.signals.wake(.mail)
            policy.noteMail()
            return true
        case .refused(let refusal):
            await record(refusal, of: .supabase, for: user, context)
            return false
        // Another process answers the request.
        case nil: return false
        }
    }
}
