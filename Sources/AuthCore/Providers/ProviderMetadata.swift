// SPDX-License-Identifier: Apache-2.0

/// What a provider's discovery document says.
///
/// - Source: OpenID Connect Discovery §3 and §4.3.
public struct ProviderMetadata: Hashable, Sendable {
    /// The issuer, which is the expected one to the octet.
    public let issuer: String
    /// Where browsers are sent.
    public let authorizationEndpoint: String
    /// Where codes are exchanged.
    public let tokenEndpoint: String
    /// Where an access token says whose it is.
    public let userinfoEndpoint: String?
    /// Where the keys are published.
    public let jwksURI: String
    /// Whether callbacks name the issuer, as `authorization_response_iss_parameter_supported` announces (RFC 9207 §3).
    public let sendsIssuer: Bool
    /// How clients may prove themselves at the token endpoint; empty where the document does not say.
    public let tokenAuthMethods: [String]
    /// The algorithms of id tokens as announced; empty where the document does not say.
    public let idTokenAlgorithms: [String]

    /// The longest document in octets.
    public static let maximumBytes = 65_536

    /// Reads a document that was fetched from an issuer.
    ///
    /// Endpoints must be `https`; `http` is allowed on this machine, where the expected issuer is `http` itself.
    ///
    /// - Throws: `.answerTooLong`, `.malformed`, also for an endpoint that is no URL as above; `.missingClaim` without one of
    ///   the members that authd needs; `.wrongIssuer`.
    public init(_ text: [UInt8], expecting issuer: String) throws(ProviderFault) {
        guard text.count <= Self.maximumBytes else { throw .answerTooLong }
        guard let object = (try? JSONReader.read(text))?.objectValue else { throw .malformed }
        guard let named = try Self.text("issuer", of: object) else { throw .missingClaim }
        guard named.hasSameOctets(as: issuer) else { throw .wrongIssuer }
        let allowsPlain = issuer.utf8.starts(with: "http://".utf8)
        func endpoint(_ name: String) throws(ProviderFault) -> String? {
            guard let url = try Self.text(name, of: object) else { return nil }
            guard Self.isEndpoint(url, allowsPlain: allowsPlain) else { throw .malformed }
            return url
        }
        guard let authorization = try endpoint("authorization_endpoint"), let token = try endpoint("token_endpoint"),
            let keys = try endpoint("jwks_uri")
        else { throw .missingClaim }
        self.issuer = issuer
        authorizationEndpoint = authorization
        tokenEndpoint = token
        userinfoEndpoint = try endpoint("userinfo_endpoint")
        jwksURI = keys
        sendsIssuer = object["authorization_response_iss_parameter_supported"]?.boolValue ?? false
        tokenAuthMethods = Self.texts(object["token_endpoint_auth_methods_supported"])
        idTokenAlgorithms = Self.texts(object["id_token_signing_alg_values_supported"])
    }

    private static func text(_ name: String, of object: JSONObject) throws(ProviderFault) -> String? {
        switch object[name] {
        case nil, .null: return nil
        case .string(let text): return text
        case .bool, .number, .array, .object: throw .malformed
        }
    }

    private static func texts(_ value: JSONValue?) -> [String] {
        value?.arrayValue?.compactMap(\.stringValue) ?? []
    }

    /// Whether a URL is one that a request may go to, as far as its text tells.
    private static func isEndpoint(_ text: String, allowsPlain: Bool) -> Bool {
        guard let url = WebURL(text), !url.rest.utf8.contains(UInt8(ascii: "#")) else { return false }
        return url.isSecure || allowsPlain && url.isLoopback
    }
}
