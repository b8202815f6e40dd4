// SPDX-License-Identifier: Apache-2.0

public import AuthCore
import AuthStore

extension ProviderService {
    /// How long a parked callback waits for the browser.
    static let parkingTime = Duration.seconds(300)

    /// Keeps what a provider had the browser post, until the browser fetches the same address with the state alone.
    ///
    /// A cookie that is `SameSite=Lax` does not come along with a POST of another site, so that it is checked with that GET.
    /// Nothing is decided here: what is kept is sealed, is taken once, and says nothing without the cookie.
    ///
    /// - Returns: The state, for the GET.
    /// - Throws: `.unknownProvider`; `.providerFlowInvalid` for a state that is none or too old, for one that something was
    ///   parked for, and for a provider that does not post; `.unavailable`, `.cancelled`.
    public func park(
        _ name: ProviderName, _ callback: ProviderCallback, from client: ClientContext
    ) async throws(AuthError) -> String {
        let connection = try connection(name)
        let context = core.context(client)
        guard connection.provider.usesFormPost, !callback.isBare,
            let flow = secrets.flow(of: callback.state, .state, for: name)
        else { throw await refusal(.unknownState, context) }
        guard context.now < flow.expiresAt else { throw await refusal(.expired, context) }
        let sealed = secrets.seal(
            callback.parkedOctets, for: .parked(state: callback.state), random: core.random)
        guard sealed.count <= ProviderCallback.maximumParkedBytes else { throw await refusal(.notParked, context) }
        let parked = ParkedCallback(
            stateDigest: ProviderFlowSecrets.digest(ofState: callback.state), sealed: sealed,
            expiresAt: min(context.now + Self.parkingTime, flow.expiresAt))
        let isKept = try await core.inStore { store throws(StoreError) in
            try await store.park(parked, at: context.now)
        }
        guard isKept else { throw await refusal(.notParked, context) }
        return callback.state
    }

    /// Audits a refusal of authd's own; returns the answer, which does not name the reason.
    func refusal(
        _ reason: ProviderFlowRefusal, of action: AuditAction = .signIn, target: UserID? = nil,
        sessionID: SessionID? = nil, _ context: OperationContext
    ) async -> AuthError {
        await core.note(reason, of: action, target: target, sessionID: sessionID, context)
        return .providerFlowInvalid
    }
}
