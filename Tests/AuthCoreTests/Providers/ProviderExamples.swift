// SPDX-License-Identifier: Apache-2.0

import AuthCore

/// A provider, persons and tokens that fit each other at ``now``; tests change the one thing they are about.
enum ProviderExamples {
    static let now = Timestamp(seconds: 1_800_000_000)
    static let issuer = "https://idp.example.test"

    /// A provider that is trusted for the addresses of `example.test`.
    static func provider(_ adjust: (inout IdentityProvider) -> Void = { _ in }) throws -> IdentityProvider {
        var provider = IdentityProvider.generic(
            name: try ProviderName("corp"), issuer: issuer, clientID: "authd")
        provider.trust = .domains(["example.test"])
        adjust(&provider)
        return provider
    }

    static func profile(
        _ email: String? = "ada@example.test", subject: String = "ada", isVerified: Bool = true,
        fullName: String? = nil, hostedDomain: String? = nil, ownsDomain: Bool = false
    ) throws -> ProviderProfile {
        guard let subject = ProviderSubject(issuer: issuer, subject: subject) else { throw ExampleError() }
        return ProviderProfile(
            subject: subject, email: try email.map { (text) throws(ValidationError) in try EmailAddress(text) },
            emailIsVerified: isVerified, fullName: fullName, hostedDomain: hostedDomain,
            domainOwnerVerified: ownsDomain)
    }

    static func identity(
        _ number: UInt64 = 1, of userID: UserID, at provider: String = "corp", subject: String = "ada"
    ) throws -> Identity {
        Identity(
            id: IdentityID(UUIDv7(high: 9, low: number)), userID: userID, provider: try ProviderName(provider),
            subject: try profile(subject: subject).subject, email: nil, emailIsVerified: false, isBound: false,
            createdAt: now, lastUsedAt: now)
    }

    /// The claims of a good token.
    static let claims: JSONObject = [
        "iss": .string(issuer), "sub": "ada", "aud": "authd", "exp": 1_800_000_300, "iat": 1_800_000_000,
        "nonce": "n-0S6_WzA2Mj",
    ]

    /// The payload of a token with other claims; JSON's `nil` removes one.
    static func payload(_ changes: [String: JSONValue?] = [:]) -> [UInt8] {
        var claims = claims
        for (name, value) in changes { claims[name] = value }
        return JSONValue.object(claims).serialized
    }

    struct ExampleError: Error {}
}
