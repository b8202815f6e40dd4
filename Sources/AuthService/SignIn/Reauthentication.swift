// SPDX-License-Identifier: Apache-2.0

public import AuthCore
import AuthStore

/// What a user shows to prove again, in a live session, who they are.
public enum ReauthenticationAnswer: Sendable {
    /// The current password.
    case password(Password)
    /// The handle of a flow that ``SignInService/requestReauthentication(of:from:)`` began, and the code of its mail.
    case mail(ActionProof)
}

extension SignInService {
    /// The methods by which the caller can prove who they are, the preferred one first; empty where there is none.
    ///
    /// - Throws: `.tokenRevoked` where the user is gone, `.unavailable`, `.cancelled`.
    public func reauthenticationMethods(
        of principal: Principal
    ) async throws(AuthError) -> [ReauthenticationMethod] {
        methods(of: try await credential(of: principal))
    }

    /// Mails a code to the caller's verified address; typed with the handle, it proves who the user is.
    ///
    /// The mail has no link: the code belongs to the session that asked for it.
    ///
    /// - Throws: `.reauthenticationUnavailable` with the methods that the user has where this is none of them,
    ///   `.mailUnavailable`, `.tooManyAttempts` where the budget of the address is spent, `.tokenRevoked`, `.unavailable`,
    ///   `.cancelled`.
    public func requestReauthentication(
        of principal: Principal, from client: ClientContext
    ) async throws(AuthError) -> FlowHandle {
        let context = core.context(client, actor: principal.user.id)
        let credential = try await credential(of: principal)
        guard let address = credential.user.email, credential.user.isVerified else {
            throw .reauthenticationUnavailable(methods(of: credential))
        }
        guard mail.canSend else { throw .mailUnavailable }
        let (handle, flow) = tokens.secrets.makeHandle(random: core.random)
        let mailed = tokens.prepare(
            OneTimeTokenIssuer.Order(
                purpose: .reauthentication, userID: credential.user.id, address: address, flow: flow,
                shown: credential.user.credentialGeneration),
            context)
        let terms = try await tokens.policy.terms(for: .known, at: context.now)
        let issuance = try await core.inStore { store throws(StoreError) in
            try await store.issueToken(mailed, under: terms, answering: nil, context: context)
        }
        switch issuance {
        case .issued:
            core.outbox.signals.wake(.mail)
            tokens.policy.noteMail()
            return handle
        case .refused(let refusal):
            await tokens.record(refusal, of: .reauthentication, for: credential.user.id, context)
            switch refusal {
            case .mailLimitReached:
                throw .tooManyAttempts(
                    retryAfter: core.settings.mailBudget?.hourly.interval ?? MailedFlow.codeLifetime)
            case .addressChanged: throw .tokenRevoked
            }
        case nil: throw .tokenRevoked
        }
    }

    /// Takes in that the caller has proven again who they are, and gives tokens that say so.
    ///
    /// The session stays the same, and so does its refresh token until the next refresh; `auth_time` is now, and `amr` names the
    /// method. A wrong password counts and slows down like one of a sign-in; a wrong code counts at its flow.
    ///
    /// - Throws: `.reauthenticationUnavailable` with the methods that the user has where this is none of them,
    ///   `.wrongCurrentPassword`, `.wrongCode`, `.invalidOneTimeToken`, `.tokenRevoked` where the session has ended,
    ///   `.overloaded`, `.unavailable`, `.internalFailure`, `.cancelled`.
    public func reauthenticate(
        _ principal: Principal, with answer: ReauthenticationAnswer, from client: ClientContext
    ) async throws(AuthError) -> TokenPair {
        let context = core.context(client, actor: principal.user.id)
        let proof: ReauthenticationProof
        switch answer {
        case .password(let password):
            let credential = try await credential(of: principal)
            guard let hash = credential.passwordHash else {
                throw .reauthenticationUnavailable(methods(of: credential))
            }
            try await attempts.confirm(password, against: hash, of: principal, for: .reauthenticated, in: context)
            proof = .password(credential.user.credentialGeneration)
        case .mail(let shown):
            proof = try await code(of: shown, principal, context)
        }
        let outcome = try await core.commit(at: context.now) { store throws(StoreError) in
            try await store.reauthenticate(
                principal.sessionID, of: principal.user.id, by: proof, context: context)
        }
        switch outcome {
        case .accepted(let session, let user):
            return try issuer.tokenPair(for: session, of: user, at: context.now)
        case .sessionOver:
            throw .tokenRevoked
        case .stale:
            throw .wrongCurrentPassword
        case .refused(let reason, let triesLeft):
            throw AuthError(reason, triesLeft: triesLeft)
        }
    }

    /// What a handle and a code come to; a text that is no handle of this service is rejected without a query.
    private func code(
        of shown: ActionProof, _ principal: Principal, _ context: OperationContext
    ) async throws(AuthError) -> ReauthenticationProof {
        guard shown.token == nil, let handle = shown.handle, let typed = shown.code,
            let flow = tokens.secrets.flow(of: handle)
        else {
            try await core.record(
                .reauthenticated, refusal: OneTimeTokenRefusal.unknown.rawValue, target: principal.user.id,
                sessionID: principal.sessionID, in: context)
            throw .invalidOneTimeToken
        }
        return .code(flow, tokens.secrets.codeDigests(ofTyped: typed, for: .reauthentication))
    }

    private func credential(of principal: Principal) async throws(AuthError) -> UserCredential {
        let credential = try await core.inStore { store throws(StoreError) in
            try await store.credential(of: principal.user.id)
        }
        guard let credential else { throw .tokenRevoked }
        return credential
    }

    private func methods(of credential: UserCredential) -> [ReauthenticationMethod] {
        ReauthenticationMethod.available(
            to: credential.user, hasPassword: credential.passwordHash != nil, canMail: mail.canSend)
    }
}
