// SPDX-License-Identifier: Apache-2.0

/// What an access token says: who it is for, until when, and with which authority.
///
/// Times are whole seconds since 1970, as in the JSON. ``AccessTokenPolicy`` decides whether the claims are valid now
/// and for this service.
///
/// - Source: RFC 9068 §2.2; `ver`, `role_ver`, `type` and the metadata are authd's own.
public struct AccessTokenClaims: Hashable, Sendable {
    /// `typ` of the header of every access token.
    public static let headerType = "at+jwt"
    /// `type` of the claims of every access token.
    public static let claimType = "access"

    /// `iss`: who issued the token.
    public var issuer: String
    /// `sub`: the user's id.
    public var subject: String
    /// `aud`: for which services, at least one; a single one is written as a plain string.
    public var audience: [String]
    /// `exp`: from when on the token is rejected.
    public var expiresAtSeconds: Int64
    /// `iat`: when it was issued.
    public var issuedAtSeconds: Int64
    /// `nbf`: the time before which it is rejected.
    public var notBeforeSeconds: Int64?
    /// `jti`: the token's own id.
    public var tokenID: String
    /// `sid`: the session's id.
    public var sessionID: String?
    /// `client_id`: the application that it was issued to.
    public var clientID: String?
    /// `scope`: names of scopes with single spaces between them; empty for none.
    public var scope: String
    /// `role`: for information; authority comes from the scope and from what the role grants now.
    public var role: String?
    /// `role_ver`: the role's epoch when the token was issued; nothing for a role that has never been changed.
    ///
    /// A token of an earlier one than the role's may have a scope that the role no longer grants.
    public var roleEpoch: Int64?
    /// `email_verified`: whether the user's address was verified when the token was issued; `nil` for a user without one.
    ///
    /// - Source: OpenID Connect Core 1.0 §5.1
    public var isEmailVerified: Bool?
    /// `auth_time`: when the user last proved who they are.
    public var authenticatedAtSeconds: Int64?
    /// `amr`: by which methods; empty if unknown.
    public var authenticationMethods: [String]
    /// `acr`: the authentication context class.
    public var authenticationContext: String?
    /// `ver`: the user's epoch; a token of an earlier epoch is revoked.
    public var epoch: Int64
    /// `app_metadata`: what the operator's services keep about the user, where tokens carry it.
    public var appMetadata: JSONObject?
    /// `user_metadata`: what the user keeps about themselves, where tokens carry it; it grants nothing.
    public var userMetadata: JSONObject?

    /// States claims that are about to be signed; nothing is checked.
    public init(
        issuer: String, subject: String, audience: [String], expiresAtSeconds: Int64, issuedAtSeconds: Int64,
        notBeforeSeconds: Int64? = nil, tokenID: String, sessionID: String? = nil, clientID: String? = nil,
        scope: String, role: String? = nil, roleEpoch: Int64? = nil, isEmailVerified: Bool? = nil,
        authenticatedAtSeconds: Int64? = nil, authenticationMethods: [String] = [],
        authenticationContext: String? = nil, epoch: Int64, appMetadata: JSONObject? = nil,
        userMetadata: JSONObject? = nil
    ) {
        self.issuer = issuer
        self.subject = subject
        self.audience = audience
        self.expiresAtSeconds = expiresAtSeconds
        self.issuedAtSeconds = issuedAtSeconds
        self.notBeforeSeconds = notBeforeSeconds
        self.tokenID = tokenID
        self.sessionID = sessionID
        self.clientID = clientID
        self.scope = scope
        self.role = role
        self.roleEpoch = roleEpoch
        self.isEmailVerified = isEmailVerified
        self.authenticatedAtSeconds = authenticatedAtSeconds
        self.authenticationMethods = authenticationMethods
        self.authenticationContext = authenticationContext
        self.epoch = epoch
        self.appMetadata = appMetadata
        self.userMetadata = userMetadata
    }
}
