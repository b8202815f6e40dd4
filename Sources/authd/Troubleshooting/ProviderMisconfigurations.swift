// SPDX-License-Identifier: Apache-2.0

/// Ways to get the settings of one provider wrong, and the sentences with which the program answers them.
enum ProviderMisconfigurations {
    struct Example: Sendable {
        let kind: Misconfiguration.Kind
        let variables: [MisconfigurationExample.Variable]
        let outcome: Misconfiguration.Outcome
        let sentence: String
    }

    /// Those that the program says something about; a test looks that these are all.
    static let all: [Example] = examples.compactMap { kind, variables in
        let said = Misconfiguration.sentences(variables)
        if let sentence = said.problems.first {
            return Example(kind: kind, variables: variables, outcome: .stops, sentence: sentence)
        }
        return said.warnings.first { $0.hasPrefix(ProviderSettingKey.prefix) }.map {
            Example(kind: kind, variables: variables, outcome: .warns, sentence: $0)
        }
    }

    static let examples: [(kind: Misconfiguration.Kind, variables: [MisconfigurationExample.Variable])] = [
        (.conflicting, variables(["PROVIDERS": "google"])),
        (.conflicting, google(["PROVIDER_GOOGLE_ISSUER": "https://id.example.com"])),
        (.conflicting, google(["PROVIDER_GITHUB_CLIENT_ID": "Iv1.0123456789abcdef"])),
        (.conflicting, google(["PROVIDER_GOOGLE_CLIENT_SECRET_FILE": "/run/secrets/google"])),
        (.misspelt, google(["PROVIDER_GOOGLE_CLIENTID": "1234"])),
        (.misspelt, google(["PROVIDER_GOGLE_SCOPES": "openid,email"])),
        (.junk, corp(["PROVIDER_CORP_ISSUER": "http://id.example.com"])),
        (.near, corp(["PROVIDER_CORP_ISSUER": "id.example.com"])),
        (
            .near,
            corp(["PROVIDER_CORP_KIND": "keycloack", "PROVIDER_CORP_ISSUER": "https://id.example.com/realms/main"])
        ),
        (
            .near,
            corp(["PROVIDER_CORP_ISSUER": "https://id.example.com", "PROVIDER_CORP_TRUSTED_DOMAINS": "@example.com"])
        ),
        (
            .near,
            corp(["PROVIDER_CORP_ISSUER": "https://id.example.com", "PROVIDER_CORP_RESPONSE_MODE": "formpost"])
        ),
        (.junk, google(["PROVIDER_GOOGLE_AUDIENCES": "my app"])),
        (.junk, google(["PROVIDER_GOOGLE_ALLOW_MISSING_NONCE": "perhaps"])),
        (.conflicting, google(["PROVIDER_GOOGLE_ALLOW_MISSING_NONCE": "true"])),
    ]

    private static func google(
        _ others: KeyValuePairs<String, String>
    ) -> [MisconfigurationExample.Variable] {
        variables([
            "PROVIDERS": "google", "PROVIDER_GOOGLE_CLIENT_ID": "1234", "PROVIDER_GOOGLE_CLIENT_SECRET": "GOCSPX-5678",
        ]) + variables(others)
    }

    private static func corp(_ others: KeyValuePairs<String, String>) -> [MisconfigurationExample.Variable] {
        variables(["PROVIDERS": "corp", "PROVIDER_CORP_CLIENT_ID": "authd"]) + variables(others)
    }

    private static func variables(
        _ pairs: KeyValuePairs<String, String>
    ) -> [MisconfigurationExample.Variable] {
        pairs.map { MisconfigurationExample.Variable(name: $0.key, value: $0.value) }
    }
}
