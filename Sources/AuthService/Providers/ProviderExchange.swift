// SPDX-License-Identifier: Apache-2.0

public import AuthCore
import AuthStore

extension ProviderService {
    /// Signs a user in with the code of a callback.
    ///
    /// A code is valid for 60 seconds, once, and with the verifier of its challenge alone; the third wrong one voids it. Who
    /// may sign in is decided now. `held` is the refresh token of the session that the client holds, which the new one
    /// replaces; `device` is the device token of an earlier sign-in.
    ///
    /// - Returns: The tokens of the session, or what completes the sign-in with a second factor.
    /// - Throws: `.providerFlowInvalid` for a code that cannot be exchanged, `.providerRefused` for a user who may not sign in,
    ///   or whose identity is not linked; `.scopeNotGranted`, `.sessionLimitReached`, `.unavailable`, `.internalFailure`,
    ///   `.cancelled`.
    public func exchange(
        code: String, verifier: String, held: String? = nil, device: DeviceToken? = nil, from client: ClientContext
    ) async throws(AuthError) -> SignInOutcome {
        let context = core.context(client)
        let redeemed = try await redeem(code, verifier: verifier, by: nil, for: .signIn, context)
        // Since the callback the configuration may have changed.
        guard let connection = connections.connection(to: redeemed.provider) else {
            throw await refusal(.unknownCode, context)
        }
        return try await arrive(
            ProviderArriving(
                profile: redeemed.profile, provider: connection.provider, scope: redeemed.scope, device: device,
                held: held.flatMap { issuer.refreshTokens.content(of: $0) }),
            context)
    }

    /// Redeems a code, for a session of a user or for none.
    func redeem(
        _ text: String, verifier: String?, by session: (UserID, SessionID)?, for action: AuditAction,
        _ context: OperationContext
    ) async throws(AuthError) -> ProviderCode {
        guard let digest = ProviderFlowSecrets.digest(ofCode: text) else {
            throw await refusal(.unknownCode, of: action, target: session?.0, sessionID: session?.1, context)
        }
        // What is no verifier counts as a wrong one.
        let shown = verifier.map { ProviderFlowSecrets.digest(ofVerifier: $0) ?? [] }
        let outcome = try await core.inStore { store throws(StoreError) in
            try await store.redeemProviderCode(digest, verifierDigest: shown, by: session, context: context)
        }
        switch outcome {
        case .accepted(let code): return code
        case .wrongVerifier:
            throw await refusal(.wrongVerifier, of: action, target: session?.0, sessionID: session?.1, context)
        case .unknown:
            throw await refusal(.unknownCode, of: action, target: session?.0, sessionID: session?.1, context)
        }
    }
}
