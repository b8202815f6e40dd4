// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthCrypto
import AuthTokens

extension AuthService {
    /// Makes both tokens of a session for its user as they are now.
    ///
    /// The access token's scope is what the session was opened for ∩ what the role grants now, and it never outlives the
    /// session. While the user has a duty pending it has an empty scope, no role, and `0` as its `acr`, which OpenID
    /// Connect Core §2 keeps for what must not authorize access to anything of value: a service that only verifies tokens
    /// cannot know of the duty otherwise.
    func tokenPair(for session: Session, of user: User, at now: Timestamp) throws(AuthError) -> TokenPair {
        let isRestricted = pendingDuty(of: user) != nil
        let scope = isRestricted ? .none : session.scope.intersection(policy.roles.scope(of: user.role))
        let lifetime = min(settings.sessions.accessTokenLifetime, session.notAfter - now)
        let claims = AccessTokenClaims(
            issuer: settings.issuer, subject: user.id.description, audience: [settings.audience],
            expiresAtSeconds: (now + lifetime).seconds, issuedAtSeconds: now.seconds,
            tokenID: Base64URL.encode(random.bytes(count: 16)), sessionID: session.id.description,
            clientID: session.clientID ?? settings.firstPartyClientID, scope: scope.description,
            role: isRestricted ? nil : user.role.name, authenticatedAtSeconds: session.authenticatedAt.seconds,
            authenticationMethods: session.methods.map(\.name),
            authenticationContext: isRestricted ? "0" : String(session.assuranceLevel), epoch: user.epoch.value)
        return TokenPair(
            accessToken: try keys.sign(claims), refreshToken: refreshTokens.token(for: session), expiresIn: lifetime,
            refreshExpiresIn: session.expiresAt - now, scope: scope, sessionID: session.id, user: user)
    }

    /// What a user must do before their tokens carry authority.
    func pendingDuty(of user: User) -> PendingDuty? {
        PendingDuty.of(user, requiresVerifiedEmail: settings.requiresVerifiedEmail)
    }
}
