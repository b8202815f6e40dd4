// SPDX-License-Identifier: Apache-2.0

public import AuthCore
import AuthTokens

extension ProviderService {
    /// A nonce for an id token that an app gets from the provider by itself; nothing is stored.
    ///
    /// - Throws: `.unknownProvider`, also for one that has no id tokens.
    public func nonce(for name: ProviderName) throws(AuthError) -> ProviderNonce {
        _ = try openIDConnection(name)
        let made = secrets.make(.nativeNonce, for: name, at: core.clock.now, random: core.random)
        return ProviderNonce(text: made.text, lifetime: ProviderFlowSecrets.lifetime)
    }

    /// Signs a user in with an id token that an app got from the provider by itself.
    ///
    /// Nonce and token count once. The token is at most ten minutes old and for one of the configured client ids. An access
    /// token of the provider proves nothing; where it is given, it must be the one of `at_hash`.
    ///
    /// `scope`, `device` and `refreshToken` are as those of ``SignInService/withPassword(_:replacing:from:)`` and its attempt.
    ///
    /// - Returns: The tokens of the session, or what completes the sign-in with a second factor.
    /// - Throws: `.unknownProvider`; `.providerRefused` with `.invalidResponse` for a token or nonce that is refused,
    ///   `.flowExpired` for a nonce that is too old or was used, and else as ``exchange(code:verifier:held:device:from:)``.
    public func signIn(
        _ name: ProviderName, idToken: String, nonce: String, accessToken: String? = nil, scope: Scope? = nil,
        replacing refreshToken: String? = nil, device: DeviceToken? = nil, from client: ClientContext
    ) async throws(AuthError) -> SignInOutcome {
        let connection = try openIDConnection(name)
        let context = core.context(client)
        let profile: ProviderProfile
        do throws(ProviderFailure) {
            profile = try await nativeProfile(idToken, nonce, accessToken, connection, context)
        } catch {
            if let reason = error.reason { await core.noteProviderRefusal(reason, context) }
            // What the store failed with was told to the operator.
            throw error.answer == .temporarilyUnavailable ? .unavailable : .providerRefused(error.answer)
        }
        return try await arrive(
            ProviderArriving(
                profile: profile, provider: connection.provider, scope: scope, device: device,
                held: refreshToken.flatMap { issuer.refreshTokens.content(of: $0) }),
            context)
    }

    /// What a token says that is accepted, and cannot be a second time.
    private func nativeProfile(
        _ idToken: String, _ nonce: String, _ accessToken: String?, _ connection: ProviderConnection,
        _ context: OperationContext
    ) async throws(ProviderFailure) -> ProviderProfile {
        guard let flow = secrets.flow(of: nonce, .nativeNonce, for: connection.provider.name) else {
            throw ProviderFailure(.wrongNonce)
        }
        guard context.now < flow.expiresAt else { throw ProviderFailure(.flowExpired, .expiredNonce) }
        let claims: IDTokenClaims
        do throws(ProviderFault) {
            claims = try await connection.claims(
                of: idToken, for: connection.provider, nonce: .exactlyOrDigest(nonce), accessToken: accessToken,
                at: context.now)
        } catch {
            throw ProviderFailure(error)
        }
        guard try await spend(flow.digest, until: flow.expiresAt, context) else {
            throw ProviderFailure(.flowExpired, .replayedNonce)
        }
        guard try await spend(ProviderFlowSecrets.digest(ofIDToken: idToken), until: claims.exp, context) else {
            throw ProviderFailure(.replayed)
        }
        do throws(ProviderFault) {
            return try claims.profile()
        } catch {
            throw ProviderFailure(error)
        }
    }

    /// - Throws: `.unknownProvider`, also for a provider without id tokens.
    func openIDConnection(_ name: ProviderName) throws(AuthError) -> ProviderConnection {
        let connection = try connection(name)
        guard connection.provider.kind == .openID else { throw .unknownProvider }
        return connection
    }
}
