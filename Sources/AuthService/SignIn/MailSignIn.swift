// SPDX-License-Identifier: Apache-2.0

public import AuthCore
import AuthStore

extension SignInService {
    /// Mails a link and a code with which the owner of an address signs in.
    ///
    /// To prevent user enumeration, the answer comes before anything is looked up. A known device has a budget of mails that
    /// strangers cannot use.
    ///
    /// - Returns: What signs in together with the code of the mail.
    /// - Throws: `.mailSignInDisabled`, `.mailUnavailable`, `.overloaded`, `.unavailable`, `.cancelled`.
    public func requestMail(
        to address: EmailAddress, device: DeviceToken? = nil, from client: ClientContext
    ) async throws(AuthError) -> FlowHandle {
        guard core.settings.signsInByMail else { throw .mailSignInDisabled }
        return try await mail.request(.signIn, about: address, device: device, from: client, core.context(client))
    }

    /// Signs a user in with a proof of the mailbox: opens a session, or returns the second factors that must be answered first.
    ///
    /// The token of a link alone is not enough: a session opens only in the client that asked for the mail, or where its code is
    /// typed. The proof also verifies the address, and voids the credentials that were never shown with one, before the session is
    /// opened in the same transaction. With a second factor pending, the proof is redeemed when that is answered.
    ///
    /// Failed passwords do not slow it down: it guesses nothing, and wrong codes are counted at their flow.
    ///
    /// `scope`, `device` and `refreshToken` are as those of ``withPassword(_:replacing:from:)`` and its attempt.
    ///
    /// - Returns: The tokens of the session, or what completes the sign-in with a second factor.
    /// - Throws: `.mailSignInDisabled`, `.wrongCode`, `.invalidOneTimeToken` for every other fault of the proof,
    ///   `.scopeNotGranted` and `.sessionLimitReached`, with which the proof stays valid; `.unavailable`, `.cancelled`.
    public func withMail(
        _ proof: ActionProof, scope: Scope? = nil, device: DeviceToken? = nil, replacing refreshToken: String? = nil,
        from client: ClientContext
    ) async throws(AuthError) -> SignInOutcome {
        guard core.settings.signsInByMail else { throw .mailSignInDisabled }
        let context = core.context(client)
        let presented = try await tokens.present(proof, for: .signIn, context)
        let user = presented.user
        let known = devices.device(device, of: user, at: context.now)
        let budgets = try await attempts.heldBudgets(of: .user(user.id), device: known, from: client, at: context.now)
        let method = AuthenticationMethod.mailedCode(at: context.now)
        let origin = SignInOrigin(
            scope: scope, device: known, proof: presented.proof,
            replaced: refreshToken.flatMap { issuer.refreshTokens.content(of: $0) })
        switch SignInFlow.decide(
            SignInProofs(first: .proven(method)), of: user.withAddressProven(at: context.now),
            factors: try await factors(of: user.id), requiresVerifiedEmail: core.settings.requiresVerifiedEmail,
            at: context.now)
        {
        case .refuse(let refusal):
            try await core.record(.signIn, refusal: refusal.rawValue, target: user.id, in: context)
            throw .invalidOneTimeToken
        case .needs(let factors, of: let user):
            return .pending(
                PendingSignIn(
                    factors: factors, expiresAt: context.now + PendingSignIn.lifetime, first: method, origin: origin,
                    userID: user.id, epoch: user.epoch))
        case .admit(let proven, let methods, let level):
            let pair = try await finish(proven, methods, level: level, from: origin, against: budgets, context)
            guard let pair else { throw try await changedMeanwhile(user.id, context) }
            return .signedIn(pair)
        }
    }
}

extension User {
    /// The user as a proof of the mailbox leaves them.
    func withAddressProven(at now: Timestamp) -> User {
        var user = self
        user.emailVerifiedAt = user.emailVerifiedAt ?? now
        return user
    }
}

extension MailRequestAnswers {
    /// Mails a way to sign in if a user who may sign in has the address.
    func answerSignIn(_ question: Question) async throws(AuthError) {
        guard let (user, address) = try await recipient(of: question) else { return }
        try await issue(question, for: user, address)
    }
}
