// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthTokens

/// What a provider gives for a code; it is used to read a profile, and kept nowhere.
struct ProviderTokens: Sendable {
    let idToken: String?
    let accessToken: String?
}

extension ProviderTokens: CustomStringConvertible, CustomReflectable {
    /// A constant.
    var description: String { "ProviderTokens(redacted)" }
    /// A mirror without children.
    var customMirror: Mirror { Mirror(self, children: []) }
}

extension ProviderConnection {
    /// The longest token of a provider that is taken.
    private static let longestToken = 16_384

    /// Exchanges a code at the token endpoint, with the verifier of its flow.
    ///
    /// - Source: RFC 6749 §4.1.3, RFC 7636 §4.5.
    func tokens(
        for code: String, verifier: String, redirectURI: String, at now: Timestamp
    ) async throws(ProviderFault) -> ProviderTokens {
        let endpoints = try await documents.endpoints()
        var form = [
            ("grant_type", "authorization_code"), ("code", code), ("redirect_uri", redirectURI),
            ("code_verifier", verifier),
        ]
        var fields = [(name: "Accept", value: "application/json")]
        switch try credentials(at: endpoints, now) {
        case .none: form.append(("client_id", provider.clientID))
        case .form(let secret):
            form.append(("client_id", provider.clientID))
            form.append(("client_secret", secret))
        case .field(let value): fields.append((name: "Authorization", value: value))
        }
        let response = try await transport.send(ProviderRequest(.post(form), endpoints.token, fields: fields))
        return try Self.tokens(in: response)
    }

    private enum Credentials {
        case none
        case form(secret: String)
        case field(String)
    }

    /// How authd proves itself: as the description says, unless the provider's document names the other way alone.
    private func credentials(
        at endpoints: ProviderEndpoints, _ now: Timestamp
    ) throws(ProviderFault) -> Credentials {
        switch (secret, provider.authentication) {
        case (.none, _), (.shared, .none): return .none
        case (.appleKey(let key), .appleJWT(let teamID, let keyID)):
            do throws(KeyError) {
                return .form(
                    secret: try AppleClientSecret.make(
                        teamID: teamID, keyID: keyID, clientID: provider.clientID, key: key, at: now))
            } catch {
                throw .providerError
            }
        case (.appleKey, .none), (.appleKey, .basic), (.appleKey, .post), (.shared, .appleJWT): throw .providerError
        case (.shared(let text), .basic):
            let isForm = endpoints.accepts("client_secret_post") && !endpoints.accepts("client_secret_basic")
            return isForm ? .form(secret: text) : .field(ProviderURL.basic(provider.clientID, text))
        case (.shared(let text), .post):
            let isField = endpoints.accepts("client_secret_basic") && !endpoints.accepts("client_secret_post")
            return isField ? .field(ProviderURL.basic(provider.clientID, text)) : .form(secret: text)
        }
    }

    private static func tokens(in response: ProviderResponse) throws(ProviderFault) -> ProviderTokens {
        guard response.body.count <= ProviderRequest.standardMaximum else { throw .answerTooLong }
        let object = (try? JSONReader.read(response.body))?.objectValue
        let tellsError = object?.names.contains { $0.hasSameOctets(as: "error") } ?? false
        // GitHub tells of errors with status 200.
        if tellsError, response.status == 200 || (400..<500).contains(response.status) { throw .providerError }
        guard response.status == 200 else { throw .badStatus }
        guard let object else { throw .malformed }
        func token(_ name: String) throws(ProviderFault) -> String? {
            guard let value = object[name], !value.isNull else { return nil }
            // It goes into a header field, or into a reader of tokens.
            guard let text = value.stringValue, (1...longestToken).contains(text.utf8.count),
                text.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
            else { throw .malformed }
            return text
        }
        return ProviderTokens(idToken: try token("id_token"), accessToken: try token("access_token"))
    }
}

extension ProviderEndpoints {
    /// Whether the provider's document names this way for clients to prove themselves.
    fileprivate func accepts(_ method: String) -> Bool {
        tokenAuthMethods.contains { $0.hasSameOctets(as: method) }
    }
}
