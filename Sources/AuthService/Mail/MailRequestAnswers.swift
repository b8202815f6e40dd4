// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthStore

/// Answers one request for a mail; each kind ends in a token with its mail, or in nothing but a flow.
struct MailRequestAnswers: Sendable {
    let core: ServiceCore
    let tokens: OneTimeTokenIssuer
    let devices: DeviceTokens

    /// A request that this process has in hand.
    struct Question: Sendable {
        let request: MailRequest
        let attempts: Int64
        let claim: MailRequestClaim
        let address: EmailAddress
        let context: OperationContext
    }

    /// Answers a request that this process has claimed; its row is gone then.
    ///
    /// - Throws: What has failed; the request may be tried again.
    func answer(_ waiting: WaitingMailRequest, _ claim: MailRequestClaim) async throws(AuthError) {
        let request = waiting.request
        var context = request.context(at: core.clock.now)
        context.outbox = core.outbox.policy
        guard let address = try? EmailAddress(request.address) else { throw .internalFailure }
        let question = Question(
            request: request, attempts: waiting.attempts, claim: claim, address: address, context: context)
        switch request.kind {
        case .passwordReset: try await answerReset(question)
        case .emailVerification: try await answerVerification(question)
        case .signIn: try await answerSignIn(question)
        case .unlock: try await answerUnlock(question)
        case .registration: try await answerRegistration(question)
        case .addressChange: try await answerAddressChange(question)
        case .supabase: try await answerSupabase(question)
        }
    }

    /// Ends a request that was tried as often as it may be.
    func giveUp(
        _ waiting: WaitingMailRequest, _ claim: MailRequestClaim, _ context: OperationContext
    ) async throws(AuthError) {
        let request = waiting.request
        let event = AuditEvent(.mailFailed, refusal: "dropped", target: request.userID, in: context)
        let flow = tokens.emptyFlow(
            request.flow, for: request.kind.purpose, to: request.address, askedAt: request.createdAt, context)
        try await core.inStore { store throws(StoreError) in
            try await store.endMailRequest(claim, flow: flow, mail: nil, event: event, context: context)
        }
    }

    /// Issues the token that a request asks for, and mails it.
    func issue(
        _ question: Question, for user: User, _ address: EmailAddress, shown: CredentialGeneration? = nil
    ) async throws(AuthError) {
        let standing = standing(of: question.request, for: user)
        let terms = try await tokens.policy.terms(for: standing, at: question.context.now)
        let order = OneTimeTokenIssuer.Order(
            purpose: question.request.kind.purpose, userID: user.id, address: address, flow: question.request.flow,
            shown: shown, typed: question.request.address, askedAt: question.request.createdAt)
        _ = try await tokens.issue(order, under: terms, answering: question.claim, question.context)
    }

    /// Ends a request for which no token is issued, and audits why, within the share of its source.
    ///
    /// `mail` is one without a token; it counts for the installation's budget.
    func end(
        _ question: Question, _ action: AuditAction? = nil, refusal: String?, target: UserID? = nil,
        mail: OutboxEntry? = nil
    ) async throws(AuthError) {
        let (request, context) = (question.request, question.context)
        let event = AuditEvent(action ?? request.kind.purpose.request, refusal: refusal, target: target, in: context)
        let written = refusal == nil || core.refusals.note(event, from: context) ? event : nil
        let flow = tokens.emptyFlow(
            request.flow, for: request.kind.purpose, to: request.address, askedAt: request.createdAt,
            mailedAt: mail == nil ? nil : context.now, context)
        try await core.inStore { store throws(StoreError) in
            try await store.endMailRequest(question.claim, flow: flow, mail: mail, event: written, context: context)
        }
        guard mail != nil else { return }
        core.outbox.signals.wake(.mail)
        tokens.policy.noteMail()
    }

    /// Who asks, for the budget of the user that was found.
    private func standing(of request: MailRequest, for user: User) -> MailStanding {
        if request.userID == user.id { return .known }
        guard let claim = DeviceTokens.Claim(request.details), devices.belongs(claim, to: user) else {
            return .stranger
        }
        return .known
    }

    /// The user who may sign in and has the address; ends the request where there is none.
    func recipient(of question: Question) async throws(AuthError) -> (user: User, address: EmailAddress)? {
        let found = try await core.credential(for: .email(question.address))?.user
        if let user = found, let address = user.email, user.mayHoldSession(at: question.context.now) {
            return (user, address)
        }
        let refusal: SignInRefusal = found == nil ? .unknownUser : .userDisabled
        try await end(question, refusal: refusal.rawValue, target: found?.id)
        return nil
    }
}
