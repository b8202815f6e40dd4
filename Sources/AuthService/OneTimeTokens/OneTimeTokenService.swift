// SPDX-License-Identifier: Apache-2.0

public import AuthCore
import AuthStore

/// Mailed actions, as their pages and the clients that asked for them see them.
public struct OneTimeTokenService: Sendable {
    let core: ServiceCore
    let tokens: OneTimeTokenIssuer

    /// What a page says of a mailed action before any button.
    ///
    /// It changes and writes nothing, and is not audited. By a handle alone, the answer is the same whether or not the address has
    /// a user; there is none until the request was looked up, a second after it as a rule.
    ///
    /// - Returns: `nil` for a link or a handle that is unknown, of another purpose, or no longer kept.
    /// - Throws: `.unavailable`, `.cancelled`.
    public func view(_ proof: ActionProof, of purpose: OneTimeTokenPurpose) async throws(AuthError) -> ActionView? {
        let now = core.clock.now
        let handle = proof.handle.flatMap { tokens.secrets.flow(of: $0) }
        guard let token = proof.token else {
            guard let handle else { return nil }
            let flow = try await core.inStore { store throws(StoreError) in try await store.mailedFlow(handle) }
            guard let flow, flow.purpose == purpose else { return nil }
            // The time that a link was extended to would tell that there is one.
            let isOld = flow.createdAt + tokens.lifetime(of: purpose) <= now
            return ActionView(
                flow, user: flow.recipient, isHere: true,
                state: flow.endedAt != nil ? .ended : isOld ? .expired : .open, at: now)
        }
        guard let key = tokens.secrets.key(of: token, for: purpose) else { return nil }
        let flow = try await core.inStore { store throws(StoreError) in try await store.mailedFlow(of: key) }
        let stored = try await core.inStore { store throws(StoreError) in try await store.oneTimeToken(key) }
        let user = try await core.inStore { store throws(StoreError) in try await store.user(withID: key.userID) }
        guard let flow, flow.purpose == purpose, let user else { return nil }
        return ActionView(
            flow, user: user.username?.original ?? flow.recipient, isHere: flow.id == handle,
            state: Self.state(of: flow, stored, user, at: now), at: now)
    }

    /// Whether the action of a flow can be completed.
    static func state(
        of flow: MailedFlow, _ token: OneTimeToken?, _ user: User, at now: Timestamp
    ) -> ActionView.State {
        guard flow.endedAt == nil else { return .used }
        guard let token else { return .ended }
        guard now < flow.expiresAt, now < token.expiresAt else { return .expired }
        return token.refusal(for: flow.purpose, user: user, at: now) == nil ? .open : .ended
    }

    /// Ends a mailed action because the recipient of its mail did not ask for it; nothing else is changed.
    ///
    /// It needs the code, beside the token or the handle: a scanner that follows links ends nothing.
    ///
    /// - Throws: `.wrongCode`, `.invalidOneTimeToken` for every other fault of the proof, `.unavailable`, `.cancelled`.
    public func report(
        _ proof: ActionProof, of purpose: OneTimeTokenPurpose, from client: ClientContext
    ) async throws(AuthError) {
        let context = core.context(client)
        // The code counts, wherever it is typed.
        let typed = ActionProof(token: proof.token, handle: proof.token == nil ? proof.handle : nil, code: proof.code)
        let presented = try await tokens.present(typed, for: purpose, demanding: .report, context)
        let outcome = try await core.commit(at: context.now) { store throws(StoreError) in
            try await store.reportFlow(presented.proof, context: context)
        }
        _ = try outcome.accepted()
    }

    /// Whether the mailed action of a handle was completed or made void, which is all that the client that asked for it learns.
    ///
    /// - Returns: `false` also for an unknown handle.
    /// - Throws: `.unavailable`, `.cancelled`.
    public func hasEnded(handle: String) async throws(AuthError) -> Bool {
        guard let id = tokens.secrets.flow(of: TypedText.trimmed(handle)) else { return false }
        let flow = try await core.inStore { store throws(StoreError) in try await store.mailedFlow(id) }
        return flow?.endedAt != nil
    }
}
