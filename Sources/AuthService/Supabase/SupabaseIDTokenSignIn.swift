// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthCrypto

extension SupabaseService {
    /// Signs a user in with an id token that an app got from the provider by itself.
    ///
    /// The token's nonce is the SHA-256 of the raw nonce in lower-case hexadecimal; without one the token must have none, and the
    /// provider's configuration must allow it. A token is at most ten minutes old and counts once. An access token proves
    /// nothing; where it is given, it must be the one of `at_hash`.
    ///
    /// - Throws: `.oauth` for a token that is refused, `.providerDisabled`, `.userBanned`, `.insufficientLevel`,
    ///   `.signUpDisabled`, `.providerEmailNeedsVerification`, `.tooManyRequests`, `.service`.
    public func signIn(
        idToken: String?, provider: String?, nonce: String?, accessToken: String?, from client: ClientContext
    ) async throws(SupabaseError) -> SupabaseSession {
        _ = try settings
        guard let idToken, !idToken.isEmpty, let provider, !provider.isEmpty else {
            throw .oauth(error: "invalid_request", description: SupabaseSentence.missingIDToken)
        }
        guard let name = ProviderName(parsing: provider), let connection = try? providers.openIDConnection(name) else {
            throw .providerDisabled
        }
        let context = core.context(client)
        let profile: ProviderProfile
        do throws(ProviderFailure) {
            profile = try await self.profile(
                of: idToken, nonce.flatMap(Self.nonEmpty), accessToken.flatMap(Self.nonEmpty), connection, context)
        } catch {
            if let reason = error.reason { await core.noteProviderRefusal(reason, context) }
            // What the store failed with was told to the operator.
            guard error.answer != .temporarilyUnavailable else { throw .service(.unavailable) }
            throw .oauth(error: "invalid_grant", description: "Bad ID token")
        }
        return try await arrive(as: profile, by: connection, context)
    }

    private func profile(
        of idToken: String, _ nonce: String?, _ accessToken: String?, _ connection: ProviderConnection,
        _ context: OperationContext
    ) async throws(ProviderFailure) -> ProviderProfile {
        let expected: ExpectedNonce
        if let nonce {
            expected = .oneOf([Self.hexadecimalDigest(of: nonce)])
        } else {
            guard connection.allowsMissingNonce else { throw ProviderFailure(.wrongNonce) }
            expected = .absent
        }
        let claims: IDTokenClaims
        do throws(ProviderFault) {
            claims = try await connection.claims(
                of: idToken, for: connection.provider, nonce: expected, accessToken: accessToken, at: context.now)
        } catch {
            throw ProviderFailure(error)
        }
        let digest = ProviderFlowSecrets.digest(ofIDToken: idToken)
        guard try await providers.spend(digest, until: claims.exp, context) else { throw ProviderFailure(.replayed) }
        do throws(ProviderFault) {
            return try claims.profile()
        } catch {
            throw ProviderFailure(error)
        }
    }

    private static func hexadecimalDigest(of text: String) -> String {
        let digits = Array("0123456789abcdef".utf8)
        let octets = SHA256.digest(Array(text.utf8)).flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 0x0F)]] }
        return String(decoding: octets, as: UTF8.self)
    }
}
