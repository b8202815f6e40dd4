// SPDX-License-Identifier: Apache-2.0

import AuthCore

extension ProviderConnection {
    /// How many addresses of a user are looked at.
    private static let mostAddresses = 100

    /// Reads who a user of GitHub is, by two calls with an access token of theirs.
    ///
    /// The id is a number that GitHub never gives to another user; the login can change hands. The address is the primary one,
    /// if GitHub has verified it.
    func gitHubProfile(
        _ accessToken: String, _ endpoints: ProviderEndpoints
    ) async throws(ProviderFault) -> ProviderProfile {
        guard let url = endpoints.userinfo else { throw .missingClaim }
        guard let object = try await gitHub(url, accessToken)?.objectValue else { throw .malformed }
        guard let id = object["id"]?.int64Value, id > 0,
            let subject = ProviderSubject(issuer: endpoints.issuer, subject: String(id))
        else { throw .missingSubject }
        let address = try await gitHubAddress(url, accessToken)
        return ProviderProfile(
            subject: subject, email: address, emailIsVerified: address != nil,
            fullName: object["name"]?.stringValue, hostedDomain: nil, domainOwnerVerified: false)
    }

    private func gitHubAddress(_ url: String, _ accessToken: String) async throws(ProviderFault) -> EmailAddress? {
        // 403 and 404 say that the user has not let authd see them.
        guard let list = try await gitHub("\(url)/emails", accessToken, absentWith: [403, 404]) else { return nil }
        guard let entries = list.arrayValue else { throw .malformed }
        for entry in entries.prefix(Self.mostAddresses) {
            guard let entry = entry.objectValue, entry["primary"]?.boolValue == true,
                entry["verified"]?.boolValue == true
            else { continue }
            return entry["email"]?.stringValue.flatMap { try? EmailAddress($0) }
        }
        return nil
    }

    /// - Returns: `nil` for an answer of one of the statuses.
    private func gitHub(
        _ url: String, _ accessToken: String, absentWith statuses: [Int] = []
    ) async throws(ProviderFault) -> JSONValue? {
        let request = ProviderRequest(
            .get, url,
            fields: [
                (name: "Accept", value: "application/vnd.github+json"),
                (name: "Authorization", value: "Bearer \(accessToken)"),
            ])
        guard let response = try await transport.fetch(request, absentWith: statuses) else { return nil }
        guard let value = try? JSONReader.read(response.body) else { throw .malformed }
        return value
    }
}
