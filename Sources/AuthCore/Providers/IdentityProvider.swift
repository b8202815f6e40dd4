// SPDX-License-Identifier: Apache-2.0

/// The protocol that a provider speaks.
public enum ProviderKind: String, Hashable, Sendable, CaseIterable {
    /// OpenID Connect: an id token says who signed in.
    case openID = "openid"
    /// GitHub: OAuth 2 without id tokens, and an interface that says whose an access token is.
    case gitHub = "github"
}

/// How authd proves at a token endpoint which client it is.
public enum ProviderClientAuthentication: Hashable, Sendable {
    /// Not at all: a public client.
    case none
    /// By its secret in the field `Authorization`.
    case basic
    /// By its secret in the form.
    case post
    /// By a token in the place of the secret, which is signed for a team of developers with one of its keys.
    case appleJWT(teamID: String, keyID: String)
}

/// The description of an identity provider: all that is public about it and authd's client there.
public struct IdentityProvider: Hashable, Sendable {
    /// Where a provider is reached that is not discovered.
    public struct Endpoints: Hashable, Sendable {
        /// Where browsers are sent.
        public var authorization: String
        /// Where codes are exchanged.
        public var token: String
        /// Where an access token says whose it is.
        public var userinfo: String?
        /// Where the keys of id tokens are published.
        public var keys: String?

        /// Names the endpoints.
        public init(authorization: String, token: String, userinfo: String? = nil, keys: String? = nil) {
            self.authorization = authorization
            self.token = token
            self.userinfo = userinfo
            self.keys = keys
        }
    }

    /// What the operator calls it.
    public var name: ProviderName
    /// What users read.
    public var displayName: String
    /// The protocol.
    public var kind: ProviderKind
    /// The issuer, which tokens and the discovery document must name to the octet; for Microsoft's common directories a
    /// template of it.
    public var issuer: String
    /// Where it is reached; `nil` where its discovery document says so.
    public var endpoints: Endpoints?
    /// Where the discovery document is.
    public var discoveryURL: String
    /// authd's client id there.
    public var clientID: String
    /// Further client ids that id tokens of apps may be for.
    public var audiences: [String]
    /// How authd proves which client it is.
    public var authentication: ProviderClientAuthentication
    /// What is asked for.
    public var scopes: [String]
    /// Which addresses it is believed for.
    public var trust: ProviderTrust
    /// Whether it answers by a form that the browser posts.
    public var usesFormPost: Bool
    /// Whether callbacks must name the issuer (RFC 9207); `nil` where the discovery document says so.
    public var requiresIssuerParameter: Bool?
    /// Directories whose tokens are refused, of an issuer that is a template.
    public var refusedTenants: [String]

    /// Describes a provider; `discoveryURL` is below the issuer where it is not given.
    public init(
        name: ProviderName, displayName: String, kind: ProviderKind = .openID, issuer: String,
        endpoints: Endpoints? = nil, discoveryURL: String? = nil, clientID: String, audiences: [String] = [],
        authentication: ProviderClientAuthentication = .basic, scopes: [String] = ["openid", "email", "profile"],
        trust: ProviderTrust = .nothing, usesFormPost: Bool = false, requiresIssuerParameter: Bool? = nil,
        refusedTenants: [String] = []
    ) {
        self.name = name
        self.displayName = displayName
        self.kind = kind
        self.issuer = issuer
        self.endpoints = endpoints
        self.discoveryURL = discoveryURL ?? Self.discoveryURL(below: issuer)
        self.clientID = clientID
        self.audiences = audiences
        self.authentication = authentication
        self.scopes = scopes
        self.trust = trust
        self.usesFormPost = usesFormPost
        self.requiresIssuerParameter = requiresIssuerParameter
        self.refusedTenants = refusedTenants
    }

    /// Where an issuer's discovery document is.
    ///
    /// - Source: OpenID Connect Discovery §4.1, by which a slash at the end of the issuer is left out.
    public static func discoveryURL(below issuer: String) -> String {
        let base = issuer.utf8.last == UInt8(ascii: "/") ? String(issuer.unicodeScalars.dropLast()) : issuer
        return "\(base)/.well-known/openid-configuration"
    }

    /// Whether a client id is one that id tokens may be for.
    func isClient(_ id: String) -> Bool {
        clientID.hasSameOctets(as: id) || audiences.contains { $0.hasSameOctets(as: id) }
    }
}
