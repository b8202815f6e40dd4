// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthCrypto
import AuthStore

/// Issues one-time tokens with their flows, within the budgets of mails.
struct OneTimeTokenIssuer: Sendable {
    /// Who gets the text of a token.
    enum Handover: Hashable, Sendable {
        /// The mailbox, whose mail is written into the outbox with the token.
        case mailed
        /// The caller alone.
        case returned
    }

    /// What a token is made for.
    struct Order: Sendable {
        let purpose: OneTimeTokenPurpose
        let userID: UserID
        let address: EmailAddress
        /// The flow that it belongs to; `nil` for a token that is redeemed at once.
        let flow: FlowID?
        /// The generation of the credential that the client had shown.
        var shown: CredentialGeneration? = nil
        /// The address as it was typed by the client that asked, which may see no other spelling; `nil` for the user's own.
        var typed: String? = nil
        var handover = Handover.mailed
        /// When it was asked for; `nil` for now.
        var askedAt: Timestamp? = nil
        /// Further values of the mail.
        var details: [String: String] = [:]  // own text
        /// Whether its mail counts for the installation's budget.
        var counts = true
        /// What a mail of Supabase's API is for; only with the purpose `.supabase`.
        var supabase: SupabaseMail? = nil
    }

    let core: ServiceCore
    let secrets: OneTimeSecrets
    let policy: MailTermsPolicy

    /// Stores a new one-time token with its flow, and with them the mail that carries it.
    ///
    /// With `claim`, the request that it answers ends in the same transaction. Where no token is issued, the audit says why and
    /// the text is `nil`.
    func issue(
        _ order: Order, under terms: MailTerms, answering claim: MailRequestClaim? = nil, _ context: OperationContext
    ) async throws(AuthError) -> MailToken? {
        let made = secrets.make(for: order.purpose, of: order.userID, random: core.random)
        let issued = mailedToken(order, made, context)
        let issuance = try await core.inStore { store throws(StoreError) in
            try await store.issueToken(issued, under: terms, answering: claim, context: context)
        }
        switch issuance {
        case .issued: break
        case .refused(let refusal):
            await record(refusal, of: order.purpose, for: order.userID, context)
            return nil
        // Another process answers the request.
        case nil: return nil
        }
        if issued.mail != nil {
            core.outbox.signals.wake(.mail)
            if order.counts { policy.noteMail() }
        }
        return secrets.text(of: made, for: order.purpose, of: order.userID)
    }

    /// Audits why no token was issued, within the share of its source.
    ///
    /// The request has ended by then and is not made again: what cannot be written now is counted, and written with the others.
    func record(
        _ refusal: OneTimeTokenIssuance.Refusal, of purpose: OneTimeTokenPurpose, for userID: UserID,
        _ context: OperationContext
    ) async {
        let event = AuditEvent(purpose.request, refusal: refusal.rawValue, target: userID, in: context)
        guard core.refusals.note(event, from: context) else { return }
        do throws(AuthError) {
            try await core.inStore { store throws(StoreError) in try await store.record([event]) }
        } catch {
            core.refusals.count(event, from: context)
        }
    }

    /// Makes a token, its flow, and the mail that carries it; nothing is stored.
    func prepare(_ order: Order, _ context: OperationContext) -> MailedToken {
        mailedToken(order, secrets.make(for: order.purpose, of: order.userID, random: core.random), context)
    }

    /// Makes a token with its flow for a caller who hands it on, and its texts; nothing is stored.
    ///
    /// - Returns: `nil` where no text can be made, which only a fault of the keys explains.
    func prepareReturned(
        _ order: Order, _ context: OperationContext
    ) -> (mailed: MailedToken, text: MailToken, code: MailToken)? {
        let made = secrets.make(for: order.purpose, of: order.userID, random: core.random)
        guard let text = secrets.text(of: made, for: order.purpose, of: order.userID),
            let code = secrets.code(of: made, for: order.purpose, of: order.userID)
        else { return nil }
        return (mailedToken(order, made, context), text, code)
    }

    /// A flow to which no mail belongs; no code completes it.
    func emptyFlow(
        _ id: FlowID, for purpose: OneTimeTokenPurpose, to recipient: String, askedAt: Timestamp? = nil,
        mailedAt: Timestamp? = nil, _ context: OperationContext
    ) -> MailedFlow {
        let expiry = context.now + lifetime(of: purpose)
        return MailedFlow(
            id: id, purpose: purpose, recipient: recipient, token: nil, shown: nil,
            codeDigest: core.random.bytes(count: 32), codeExpiresAt: codeExpiry(expiry, of: purpose, context),
            expiresAt: expiry,
            mailedAt: mailedAt, source: context.source, userAgent: context.userAgent, createdAt: askedAt ?? context.now)
    }

    /// How long the link of a mail is valid.
    func lifetime(of purpose: OneTimeTokenPurpose) -> Duration {
        switch purpose {
        case .passwordReset: core.settings.passwordResetLifetime
        case .emailVerification, .addressChange: core.settings.emailVerificationLifetime
        case .signIn: core.settings.mailSignInLifetime
        case .unlock: core.settings.unlockLifetime
        case .addressUndo: AddressChange.undoPeriod
        case .invitation: Invitation.lifetime
        case .reauthentication: MailedFlow.codeLifetime
        case .supabase: core.settings.supabase?.linkLifetime ?? .seconds(3_600)
        }
    }

    private func mailedToken(_ order: Order, _ made: OutboxToken, _ context: OperationContext) -> MailedToken {
        let token = OneTimeToken(
            digest: made.digest, purpose: order.purpose, userID: order.userID, address: order.address.canonical,
            createdAt: context.now, expiresAt: context.now + lifetime(of: order.purpose))
        let isMailed = order.handover == .mailed
        let kind = order.supabase.map { MailKind(SupabaseMails.template($0.kind)) } ?? MailKind(carrying: order.purpose)
        let mail =
            isMailed
            ? OutboxEntry(
                .mail, kind: kind.rawValue, about: order.userID, to: order.address.original, token: made,
                details: order.details, expiresAt: token.expiresAt, in: context)
            : nil
        // An administrator's network is not the user's business.
        let isOwn = context.actor == nil || context.actor == order.userID
        let flow = order.flow.map { id in
            MailedFlow(
                id: id, purpose: order.purpose, recipient: order.typed ?? order.address.original, token: token.key,
                shown: order.shown,
                codeDigest: secrets.codeDigest(of: made, for: order.purpose, of: order.userID),
                codeExpiresAt: codeExpiry(token.expiresAt, of: order.purpose, context), expiresAt: token.expiresAt,
                mailedAt: isMailed && order.counts ? context.now : nil, source: isOwn ? context.source : nil,
                userAgent: isOwn ? context.userAgent : nil, createdAt: order.askedAt ?? context.now,
                supabase: order.supabase)
        }
        return MailedToken(token, flow: flow, mail: mail)
    }

    /// No client waits for the code of an invitation: it is typed beside the link alone, and lives as long.
    private func codeExpiry(
        _ expiry: Timestamp, of purpose: OneTimeTokenPurpose, _ context: OperationContext
    ) -> Timestamp {
        switch purpose {
        case .invitation: expiry
        case .supabase: min(expiry, context.now + (core.settings.supabase?.codeLifetime ?? MailedFlow.codeLifetime))
        case .passwordReset, .emailVerification, .signIn, .unlock, .addressChange, .addressUndo, .reauthentication:
            min(expiry, context.now + MailedFlow.codeLifetime)
        }
    }
}
