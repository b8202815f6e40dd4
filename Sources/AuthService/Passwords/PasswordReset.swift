// SPDX-License-Identifier: Apache-2.0

public import AuthCore
import AuthStore

extension PasswordService {
    /// Mails a token and a code with which the owner of an address can set a new password.
    ///
    /// To prevent user enumeration, the answer comes before anything is looked up. `MailBudget` limits the mails to an address:
    /// those that strangers ask for, and apart from them those that clients with a token of a known device ask for.
    ///
    /// - Returns: What completes the reset together with the code of the mail.
    /// - Throws: `.mailUnavailable`, `.overloaded`, `.unavailable`, `.cancelled`.
    public func requestReset(
        of address: EmailAddress, device: DeviceToken? = nil, from client: ClientContext
    ) async throws(AuthError) -> FlowHandle {
        try await mail.request(.passwordReset, about: address, device: device, from: client, core.context(client))
    }

    /// As ``requestReset(of:device:from:)``, and returns the token: for development alone, where the time of the answer may
    /// reveal the user, as may what the handle is good for.
    ///
    /// - Returns: No token if no user who may sign in has the address, or its budget is used up.
    /// - Throws: `.unavailable`, `.cancelled`.
    public func requestResetRevealing(
        of address: EmailAddress, from client: ClientContext
    ) async throws(AuthError) -> (handle: FlowHandle, token: MailToken?) {
        let context = core.context(client)
        let (handle, flow) = tokens.secrets.makeHandle(random: core.random)
        let found = try await core.credential(for: .email(address))
        guard let user = found?.user, let own = user.email, user.mayHoldSession(at: context.now) else {
            let refusal: SignInRefusal = found == nil ? .unknownUser : .userDisabled
            try await core.record(
                .passwordResetRequested, refusal: refusal.rawValue, target: found?.user.id, in: context)
            return (handle, nil)
        }
        let order = OneTimeTokenIssuer.Order(
            purpose: .passwordReset, userID: user.id, address: own, flow: flow,
            handover: mail.canSend ? .mailed : .returned)
        let terms = try await tokens.policy.terms(for: .stranger, at: context.now)
        return (handle, try await tokens.issue(order, under: terms, context))
    }

    /// Sets a new password with a proof of the mailbox, revokes every session and voids every other token of the user.
    ///
    /// No session is opened: a reset is no sign-in. Failed sign-ins of the client's source are forgotten, and those of no other
    /// source. An invalid proof is rejected without a query where its texts are not of this service, and no password is hashed
    /// for one that cannot be redeemed.
    ///
    /// - Throws: `.wrongCode`, `.invalidOneTimeToken` for every other fault of the proof, `.invalid` with all violations of the
    ///   policy (the proof stays valid), `.overloaded`, `.unavailable`, `.cancelled`.
    public func confirmReset(
        _ proof: ActionProof, newPassword: Password, from client: ClientContext
    ) async throws(AuthError) {
        let context = core.context(client)
        let presented = try await tokens.present(proof, for: .passwordReset, context)
        let violations = violations(of: newPassword, for: presented.user)
        guard violations.isEmpty else { throw .invalid(violations) }
        let hash = try await hashes.newHash(ofChosen: newPassword, field: "new_password")
        let outcome = try await core.commit(at: context.now) { store throws(StoreError) in
            try await store.redeemPasswordReset(presented.proof, newHash: hash, context: context)
        }
        let (user, _) = try outcome.accepted()
        await attempts.forgiveSource(of: client, as: user.id, at: context.now)
    }

    /// Issues a password-reset token for a user, to be handed over by the administrator or mailed.
    ///
    /// - Returns: The token; `nil` if it was mailed.
    /// - Throws: `.userNotFound`, `.invalid` where the user has no address or may not sign in, `.mailUnavailable`,
    ///   `.unavailable`, `.cancelled`.
    public func startReset(
        of user: User, by administrator: Administrator, mailing: Bool, from client: ClientContext
    ) async throws(AuthError) -> MailToken? {
        let context = core.context(client, actor: administrator.id)
        guard let address = user.email, user.mayHoldSession(at: context.now) else {
            throw .invalid([FieldViolation(field: "email", .missing)])
        }
        guard mail.canSend || !mailing else { throw .mailUnavailable }
        // An attacker who used up the budget of the address must not keep an administrator from helping its owner.
        let order = OneTimeTokenIssuer.Order(
            purpose: .passwordReset, userID: user.id, address: address,
            flow: tokens.secrets.makeHandle(random: core.random).id, handover: mailing ? .mailed : .returned,
            counts: false)
        let issued = try await tokens.issue(order, under: .unlimited, context)
        guard let token = issued else { throw .userNotFound }
        return mailing ? nil : token
    }
}

extension MailRequestAnswers {
    /// Mails a reset if a user who may sign in has the address.
    func answerReset(_ question: Question) async throws(AuthError) {
        guard let (user, address) = try await recipient(of: question) else { return }
        try await issue(question, for: user, address)
    }
}
