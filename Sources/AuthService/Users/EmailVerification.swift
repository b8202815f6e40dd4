// SPDX-License-Identifier: Apache-2.0

public import AuthCore
import AuthCrypto
import AuthStore

/// The outcome of requesting a verification mail.
public enum VerificationRequest: Sendable {
    /// A mail is on its way, or the budget of mails is spent. In development, the token is included if the caller may see it.
    case sent(FlowHandle, revealed: MailToken?)
    /// The address was verified before, and the credentials are bound to it.
    case alreadyVerified
}

/// The outcome of proving an address.
public struct VerifiedAddress: Sendable {
    /// The user, whose address is verified.
    public let user: User
    /// What the proof did to the credentials that were not bound to the address.
    public let effect: BindingEffect
}

extension UserService {
    /// Mails a token and a code that verify the caller's address, unless `MailBudget` forbids another mail: those already
    /// mailed are valid.
    ///
    /// It can be asked for again by a user whose address is verified, and whose credentials are not bound to it yet.
    ///
    /// With `revealing`, the token is also returned: for development alone.
    ///
    /// - Throws: `.invalid` where the user has no address, `.mailUnavailable`, `.unavailable`, `.cancelled`.
    public func requestEmailVerification(
        for principal: Principal, from client: ClientContext, revealing: Bool = false
    ) async throws(AuthError) -> VerificationRequest {
        let user = principal.user
        guard !(user.isVerified && user.isBound) else { return .alreadyVerified }
        guard let address = user.email else { throw .invalid([FieldViolation(field: "email", .missing)]) }
        guard mail.canSend else { throw .mailUnavailable }
        let context = core.context(client, actor: user.id)
        let (handle, flow) = tokens.secrets.makeHandle(random: core.random)
        let order = OneTimeTokenIssuer.Order(
            purpose: .emailVerification, userID: user.id, address: address, flow: flow, shown: user.credentialGeneration
        )
        let terms = try await tokens.policy.terms(for: .known, at: context.now)
        let token = try await tokens.issue(order, under: terms, context)
        return .sent(handle, revealed: revealing ? token : nil)
    }

    /// Mails a token and a code to an address, if it is an unverified one of a user: for users who cannot sign in before.
    ///
    /// To prevent user enumeration, the answer comes before anything is looked up.
    ///
    /// - Returns: What verifies the address together with the code of the mail.
    /// - Throws: `.mailUnavailable`, `.overloaded`, `.unavailable`, `.cancelled`.
    public func requestEmailVerification(
        of address: EmailAddress, device: DeviceToken? = nil, from client: ClientContext
    ) async throws(AuthError) -> FlowHandle {
        try await mail.request(.emailVerification, about: address, device: device, from: client, core.context(client))
    }

    /// Verifies an address with a proof of the mailbox, and does to the user's credentials what `BindingEffect` says.
    ///
    /// A `password` that is typed with the proof binds the credentials to the address, and so does a live `session` of the user.
    ///
    /// - Returns: The user, and what was done to the credentials.
    /// - Throws: `.wrongCode`, `.invalidOneTimeToken` for every other fault of the proof, `.wrongCurrentPassword` for a wrong
    ///   password, with which nothing is changed and the proof stays valid; `.overloaded`, `.unavailable`, `.cancelled`.
    @discardableResult
    public func confirmEmailVerification(
        _ proof: ActionProof, password: Password? = nil, session: Principal? = nil, from client: ClientContext
    ) async throws(AuthError) -> VerifiedAddress {
        let context = core.context(client)
        let presented = try await tokens.present(proof, for: .emailVerification, context)
        var showing: CredentialGeneration?
        if let session, session.user.id == presented.user.id, session.user.epoch == presented.user.epoch {
            showing = presented.user.credentialGeneration
        }
        if let password {
            try await confirm(password, of: presented.user, from: client, context)
            showing = presented.user.credentialGeneration
        }
        let shown = showing
        let outcome = try await core.commit(at: context.now) { store throws(StoreError) in
            try await store.redeemEmailVerification(presented.proof, showing: shown, context: context)
        }
        let (user, effect) = try outcome.accepted()
        return VerifiedAddress(user: user, effect: effect)
    }

    /// Checks a password that is typed with a proof of the mailbox, within the budgets of sign-in.
    private func confirm(
        _ password: Password, of user: User, from client: ClientContext, _ context: OperationContext
    ) async throws(AuthError) {
        let credential = try await core.inStore { store throws(StoreError) in try await store.credential(of: user.id) }
        let (match, _) = try await hashes.verify(
            password, against: credential?.passwordHash, of: user.id.description)
        let budgets = try await attempts.heldBudgets(of: .user(user.id), device: nil, from: client, at: context.now)
        guard match.isMatch, !budgets.isThrottled, credential?.user.credentialGeneration == user.credentialGeneration
        else {
            try await attempts.recordFailure(
                .emailVerified, .wrongPassword, target: user.id, against: budgets, in: context)
            throw .wrongCurrentPassword
        }
        await attempts.forgiveFailures(budgets, at: context.now)
    }
}

extension MailRequestAnswers {
    /// Mails a verification if a user who may sign in has the address, and has not verified it.
    func answerVerification(_ question: Question) async throws(AuthError) {
        guard let (user, address) = try await recipient(of: question) else { return }
        guard !user.isVerified else {
            return try await end(question, refusal: "already_verified", target: user.id)
        }
        try await issue(question, for: user, address)
    }
}
