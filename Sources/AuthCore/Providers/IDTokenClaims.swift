// SPDX-License-Identifier: Apache-2.0

/// The claims of a provider's id token whose signature is good.
///
/// - Source: OpenID Connect Core §2 and §5.1.
public struct IDTokenClaims: Hashable, Sendable {
    /// The issuer.
    public let iss: String
    /// What the issuer calls the person.
    public let sub: String
    /// The clients that the token is for.
    public let aud: [String]
    /// The client that the token was given to.
    public let azp: String?
    /// When it expires.
    public let exp: Timestamp
    /// When it was issued.
    public let iat: Timestamp
    /// Before when it is not valid.
    public let nbf: Timestamp?
    /// The nonce of the request.
    public let nonce: String?
    /// The digest of the access token that was issued with it.
    public let atHash: String?
    /// When the person proved who they are; `nil` also for what is no time.
    public let authTime: Timestamp?
    /// The address as the provider wrote it.
    public let email: String?
    /// Whether the provider says that it has verified the address; Apple writes it as a text.
    public let emailVerified: Bool
    /// The full name as the provider wrote it.
    public let name: String?
    /// Where the provider has a picture.
    public let picture: String?
    /// Google's `hd`.
    public let hostedDomain: String?
    /// Microsoft's `xms_edov`, which it writes as a Boolean, a number or a text.
    public let emailDomainOwnerVerified: Bool
    /// Microsoft's `tid`: the directory.
    public let tenant: String?

    /// The longest payload in octets.
    public static let maximumBytes = 16_384

    /// How far the provider's clock may be from this one.
    public static let leeway = Duration.seconds(60)

    /// Reads a payload.
    ///
    /// Claims that authd needs have exactly one form. What a provider adds for show, such as a name, is left out where it has
    /// another form than it should.
    ///
    /// - Throws: `.malformed`; `.missingSubject` for a subject that is absent, empty, too long or no text; `.missingClaim` for
    ///   the absence of `iss`, `aud`, `exp` or `iat`.
    public init(_ payload: [UInt8]) throws(ProviderFault) {
        guard
            let claims = (try? JSONReader.read(payload, limits: JSONLimits(maximumBytes: Self.maximumBytes)))?
                .objectValue
        else { throw .malformed }
        guard let iss = try Self.text(claims["iss"]), let aud = try Self.audience(claims["aud"]) else {
            throw .missingClaim
        }
        guard let sub = claims["sub"]?.stringValue, ProviderSubject(issuer: "-", subject: sub) != nil else {
            throw .missingSubject
        }
        guard let exp = try Self.time(claims["exp"]), let iat = try Self.time(claims["iat"]) else {
            throw .missingClaim
        }
        self.iss = iss
        self.sub = sub
        self.aud = aud
        azp = try Self.text(claims["azp"])
        self.exp = exp
        self.iat = iat
        nbf = try Self.time(claims["nbf"])
        nonce = try Self.text(claims["nonce"])
        atHash = try Self.text(claims["at_hash"])
        authTime = try? Self.time(claims["auth_time"])
        email = claims["email"]?.stringValue
        emailVerified = Self.isTrue(claims["email_verified"], allowsNumber: false)
        name = claims["name"]?.stringValue
        picture = claims["picture"]?.stringValue
        hostedDomain = claims["hd"]?.stringValue
        emailDomainOwnerVerified = Self.isTrue(claims["xms_edov"], allowsNumber: true)
        tenant = claims["tid"]?.stringValue
    }

    private static func text(_ value: JSONValue?) throws(ProviderFault) -> String? {
        switch value {
        case nil, .null: return nil
        case .string(let text): return text
        case .bool, .number, .array, .object: throw .malformed
        }
    }

    private static func audience(_ value: JSONValue?) throws(ProviderFault) -> [String]? {
        switch value {
        case nil, .null: return nil
        case .string(let text): return [text]
        case .array(let elements):
            let texts = elements.compactMap(\.stringValue)
            guard texts.count == elements.count else { throw .malformed }
            return texts
        case .bool, .number, .object: throw .malformed
        }
    }

    /// Seconds since 1970, which may have a fraction, until the end of the year 9999. - Source: RFC 7519 §2 (NumericDate)
    private static func time(_ value: JSONValue?) throws(ProviderFault) -> Timestamp? {
        guard let value, !value.isNull else { return nil }
        guard let number = value.numberValue, (0...253_402_300_799).contains(number.double) else { throw .malformed }
        return Timestamp(microseconds: Int64(number.double * 1_000_000))
    }

    private static func isTrue(_ value: JSONValue?, allowsNumber: Bool) -> Bool {
        switch value {
        case .bool(let bool): return bool
        case .string(let text):
            return text.hasSameOctets(as: "true") || allowsNumber && text.hasSameOctets(as: "1")
        case .number(let number): return allowsNumber && number.int64 == 1
        case nil, .null, .array, .object: return false
        }
    }
}
