// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthStore

/// A proof of a mailbox that appears to be valid; its validity is decided again when it is redeemed.
struct PresentedProof: Sendable {
    let proof: MailboxProof
    let token: OneTimeToken
    /// The user whose token it is.
    let user: User
    /// `nil` for a token that was made without one.
    let flow: MailedFlow?

    /// Whether the client is the one that asked for the mail.
    var isHere: Bool {
        switch proof {
        case .linkHere, .code: true
        case .link, .linkAndCode: false
        }
    }
}

extension OneTimeTokenIssuer {
    /// Reads what a client presents, and looks its rows up, so that what is rejected writes no more than the share of its source.
    ///
    /// A proof of a handle and a code costs the same whether or not the flow has a user.
    ///
    /// `demand` is what the action demands beside the token of the link; `nil` for what its purpose says. The store decides
    /// that again. A wrong code is counted, and every refusal is audited.
    func present(
        _ presented: ActionProof, for purpose: OneTimeTokenPurpose, demanding demand: ProofDemand? = nil,
        _ context: OperationContext
    ) async throws(AuthError) -> PresentedProof {
        let demand = demand ?? purpose.demand()
        if let text = presented.token {
            return try await presentLink(text, presented, purpose, demand, context)
        }
        guard let handle = presented.handle.flatMap({ secrets.flow(of: $0) }), let code = presented.code else {
            throw try await refusal(.unknown, of: purpose, nil, context)
        }
        let found = try await core.inStore { store throws(StoreError) in try await store.mailedFlow(handle) }
        // Another action's handle is no handle here, and an action that has ended takes no code.
        if let found, found.purpose != purpose { throw try await refusal(.wrongPurpose, of: purpose, nil, context) }
        if let found, found.endedAt != nil {
            throw try await refusal(.unknown, of: purpose, found.token?.userID, context)
        }
        let proof = MailboxProof.code(handle, secrets.codeDigests(ofTyped: code, for: purpose))
        guard case .shown = proof.judge(found, demanding: demand, at: context.now), let key = found?.token else {
            throw try await wrongCode(at: handle, of: purpose, found?.token?.userID, context)
        }
        let (token, user) = try await owner(of: key, for: purpose, context)
        return PresentedProof(proof: proof, token: token, user: user, flow: found)
    }

    private func presentLink(
        _ text: String, _ presented: ActionProof, _ purpose: OneTimeTokenPurpose, _ demand: ProofDemand,
        _ context: OperationContext
    ) async throws(AuthError) -> PresentedProof {
        guard let key = secrets.key(of: text, for: purpose) else {
            throw try await refusal(.unknown, of: purpose, nil, context)
        }
        let flow = try await core.inStore { store throws(StoreError) in try await store.mailedFlow(of: key) }
        let (token, user) = try await owner(of: key, for: purpose, context)
        let proof: MailboxProof
        if let handle = presented.handle.flatMap({ secrets.flow(of: $0) }), handle == flow?.id {
            proof = .linkHere(key, handle)
        } else if let code = presented.code {
            proof = .linkAndCode(key, secrets.codeDigests(ofTyped: code, for: purpose))
        } else {
            proof = .link(key)
        }
        switch proof.judge(flow, demanding: demand, at: context.now) {
        case .shown: break
        case .tooLittle: throw try await refusal(.wrongCode, of: purpose, user.id, context)
        case .wrongCode: throw try await wrongCode(at: flow?.id, of: purpose, user.id, context)
        }
        return PresentedProof(proof: proof, token: token, user: user, flow: flow)
    }

    /// Token and user are both looked up whether or not they exist.
    private func owner(
        of key: OneTimeTokenKey, for purpose: OneTimeTokenPurpose, _ context: OperationContext
    ) async throws(AuthError) -> (OneTimeToken, User) {
        let token = try await core.inStore { store throws(StoreError) in try await store.oneTimeToken(key) }
        let user = try await core.inStore { store throws(StoreError) in try await store.user(withID: key.userID) }
        guard let token, let user else { throw try await refusal(.unknown, of: purpose, user?.id, context) }
        if let reason = token.refusal(for: purpose, user: user, at: context.now) {
            throw try await refusal(reason, of: purpose, user.id, context)
        }
        return (token, user)
    }

    /// Counts a wrong code, and audits it.
    private func wrongCode(
        at flow: FlowID?, of purpose: OneTimeTokenPurpose, _ target: UserID?, _ context: OperationContext
    ) async throws(AuthError) -> AuthError {
        let left = try await core.inStore { (store) async throws(StoreError) -> Int64? in
            guard let flow else { return nil }
            return try await store.countWrongCode(flow, context: context)
        }
        _ = try await refusal(.wrongCode, of: purpose, target, context)
        return .wrongCode(triesLeft: Int(clamping: left ?? 0))
    }

    /// Audits a refusal; returns the answer, which does not name the reason.
    func refusal(
        _ reason: OneTimeTokenRefusal, of purpose: OneTimeTokenPurpose, _ target: UserID?, _ context: OperationContext
    ) async throws(AuthError) -> AuthError {
        try await core.record(purpose.completion, refusal: reason.rawValue, target: target, in: context)
        return .invalidOneTimeToken
    }
}

extension RedemptionOutcome {
    /// What was redeemed, or the answer to the refusal, which the store has audited.
    func accepted() throws(AuthError) -> (user: User, effect: BindingEffect) {
        switch self {
        case .accepted(let user, let effect): return (user, effect)
        case .refused(let reason, let left): throw AuthError(reason, triesLeft: left)
        }
    }
}

extension AuthError {
    /// The answer to a proof that was refused when it was to be redeemed.
    init(_ reason: OneTimeTokenRefusal, triesLeft: Int64?) {
        self = reason == .wrongCode ? .wrongCode(triesLeft: Int(clamping: triesLeft ?? 0)) : .invalidOneTimeToken
    }
}
