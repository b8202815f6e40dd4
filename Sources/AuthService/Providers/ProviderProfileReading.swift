// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthTokens

extension ProviderConnection {
    /// An id token must not be older than a flow can be.
    static let maximumAge = ProviderFlowSecrets.lifetime

    /// Reads who the user is from what the provider gave for a code.
    ///
    /// `sender` is the issuer that the callback named, where it has not been checked yet; `toldName` what the browser carried
    /// of a name, which is taken only where the provider tells none.
    func profile(
        of tokens: ProviderTokens, nonce: String, sentBy sender: String?, toldName: String?, at now: Timestamp
    ) async throws(ProviderFault) -> ProviderProfile {
        let endpoints = try await documents.endpoints()
        switch provider.kind {
        case .gitHub:
            guard let accessToken = tokens.accessToken else { throw .missingClaim }
            return try await gitHubProfile(accessToken, endpoints)
        case .openID:
            guard let idToken = tokens.idToken else { throw .missingClaim }
            // Further client ids are those of apps that get tokens by themselves, and never of this flow.
            var receiver = provider
            receiver.audiences = []
            let claims = try await claims(
                of: idToken, for: receiver, nonce: .exactly(nonce), accessToken: tokens.accessToken, at: now)
            if let sender, !sender.hasSameOctets(as: claims.iss) { throw .wrongIssuer }
            var profile = try claims.profile()
            if profile.email == nil, let url = endpoints.userinfo, let accessToken = tokens.accessToken {
                profile = try await userinfo(of: profile, at: url, accessToken)
            }
            return profile.named(toldName)
        }
    }

    /// The claims of an id token whose signature and contents are good.
    ///
    /// - Source: OpenID Connect Core §3.1.3.7.
    func claims(
        of idToken: String, for receiver: IdentityProvider, nonce: ExpectedNonce, accessToken: String?,
        at now: Timestamp
    ) async throws(ProviderFault) -> IDTokenClaims {
        let endpoints = try await documents.endpoints()
        let claims = try IDTokenClaims(try await payload(of: idToken))
        try claims.check(
            for: receiver, issuer: endpoints.issuer, nonce: nonce, maximumAge: Self.maximumAge, at: now)
        if let accessToken { try verifier.checkAccessToken(accessToken, of: idToken, claims: claims) }
        return claims
    }

    /// What the userinfo endpoint adds to a profile whose id token has no address.
    ///
    /// - Source: OpenID Connect Core §5.3.2 and §5.3.4.
    private func userinfo(
        of profile: ProviderProfile, at url: String, _ accessToken: String
    ) async throws(ProviderFault) -> ProviderProfile {
        let response = try await transport.fetch(
            ProviderRequest(
                .get, url,
                fields: [
                    (name: "Accept", value: "application/json"),
                    (name: "Authorization", value: "Bearer \(accessToken)"),
                ]))
        guard let object = (try? JSONReader.read(response.body))?.objectValue else { throw .malformed }
        guard let subject = object["sub"]?.stringValue else { throw .missingSubject }
        guard subject.hasSameOctets(as: profile.subject.subject) else { throw .subjectsDiffer }
        let address = object["email"]?.stringValue.flatMap { try? EmailAddress($0) }
        let verified = object["email_verified"]
        // Some providers write a text.
        let isVerified = verified?.boolValue == true || verified?.stringValue?.hasSameOctets(as: "true") == true
        return ProviderProfile(
            subject: profile.subject, email: address, emailIsVerified: address != nil && isVerified,
            fullName: profile.fullName ?? object["name"]?.stringValue, hostedDomain: profile.hostedDomain,
            domainOwnerVerified: profile.domainOwnerVerified)
    }
}

extension IDTokenClaims {
    /// What the claims say of the user.
    func profile() throws(ProviderFault) -> ProviderProfile {
        guard let subject = ProviderSubject(issuer: iss, subject: sub) else { throw .missingSubject }
        let address = email.flatMap { try? EmailAddress($0) }
        return ProviderProfile(
            subject: subject, email: address, emailIsVerified: address != nil && emailVerified, fullName: name,
            hostedDomain: hostedDomain, domainOwnerVerified: emailDomainOwnerVerified)
    }
}

extension ProviderProfile {
    /// The profile with a name, where it has none.
    fileprivate func named(_ name: String?) -> ProviderProfile {
        guard fullName == nil, let name else { return self }
        return ProviderProfile(
            subject: subject, email: email, emailIsVerified: emailIsVerified, fullName: name,
            hostedDomain: hostedDomain, domainOwnerVerified: domainOwnerVerified)
    }
}

extension ProviderCallback {
    /// The name that the browser carried along from Apple, which proves nothing.
    var toldName: String? {
        guard let user, user.utf8.count <= 4_096,
            let name = (try? JSONReader.read(Array(user.utf8)))?.objectValue?["name"]?.objectValue
        else { return nil }
        let parts = ["firstName", "lastName"].compactMap { name[$0]?.stringValue }.filter { !$0.isEmpty }
        return parts.isEmpty ? nil : parts.joined(separator: " ")
    }
}
