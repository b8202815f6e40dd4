// SPDX-License-Identifier: Apache-2.0

/// What one field of a provider's settings is, for the reference and for the reader.
struct ProviderSetting: Hashable, Sendable {
    let field: ProviderField
    let kind: Setting.Kind
    /// What happens without a value.
    let absence: String
    /// Sentences for the reference.
    let summary: String
    /// Which values stop the start; sentences for the reference.
    let unsafeValues: String?

    /// The name in texts that are about every provider.
    var name: String { "\(ProviderSettingKey.prefix)<NAME>_\(field.rawValue)" }

    private init(
        _ field: ProviderField, _ kind: Setting.Kind, absence: String, _ summary: String, unsafeValues: String? = nil
    ) {
        self.field = field
        self.kind = kind
        self.absence = absence
        self.summary = summary
        self.unsafeValues = unsafeValues
    }

    /// The description of a field.
    static func of(_ field: ProviderField) -> ProviderSetting {
        guard let setting = all.first(where: { $0.field == field }) else {
            preconditionFailure("\(field.rawValue) is not in the table of providers' settings")
        }
        return setting
    }

    /// Every field, in the order of the reference.
    static let all: [ProviderSetting] = [
        ProviderSetting(
            .kind, .choice(ProviderKindName.allCases.map(\.rawValue)),
            absence: "the provider's name where it is one of these, otherwise `openid`",
            "Which ready description is used: endpoints, scopes, and for which addresses the provider is trusted."),
        ProviderSetting(
            .displayName, .text, absence: "the name of the kind, or of the provider",
            "What `GET /auth/providers` calls it, for buttons; at most 64 bytes.",
            unsafeValues: "A longer text, or one with control characters."),
        ProviderSetting(
            .issuer, .text,
            absence: "that of the kind; required for `keycloak` and `openid`, and `https://gitlab.com` for `gitlab`",
            "The issuer exactly as the provider's discovery document and its id tokens have it; a slash at the end counts. It "
                + "has no effect for `google`, `github`, `apple` and `microsoft`.",
            unsafeValues: "No `https` URL (`http` on the same machine in development), or one with user, parameters or "
                + "fragment."),
        ProviderSetting(
            .tenant, .text, absence: "`common`",
            "For `microsoft` alone: the id of the directory, or `common`, `organizations` or `consumers`.",
            unsafeValues: "Characters other than letters, digits, hyphens and dots."),
        ProviderSetting(
            .clientID, .text, absence: "none; it is required",
            "The id that the provider gave to this client; for `apple` the Services ID.",
            unsafeValues: "Blanks, or characters outside of ASCII."),
        ProviderSetting(
            .clientSecret, .text,
            absence:
                "none; required for `google`, `github` and `microsoft`, and without it the others treat authd as a public "
                + "client with PKCE alone",
            "The secret that the provider gave to this client. It has no effect for `apple`.",
            unsafeValues: "Blanks, or characters outside of ASCII."),
        ProviderSetting(
            .clientSecretFile, .text, absence: "none",
            "A file with the value of `PROVIDER_<NAME>_CLIENT_SECRET`, as secret managers mount them. Setting both is an "
                + "error.",
            unsafeValues: "A file that cannot be read, that other users can read, or that holds more than the secret."),
        ProviderSetting(
            .audiences, .list, absence: "the client id alone",
            "Further client ids that an id token of `POST /auth/providers/{name}/token` may be for: those of the apps on "
                + "phones.",
            unsafeValues: "Blanks, or characters outside of ASCII."),
        ProviderSetting(
            .scopes, .list, absence: "those of the kind",
            "The scopes to ask for. `openid` is asked for in any case, but for `github`.",
            unsafeValues: "Characters that a scope cannot have."),
        ProviderSetting(
            .responseMode, .choice(ProviderResponseMode.allCases.map(\.rawValue)), absence: "`query`",
            "How `gitlab`, `keycloak`, `microsoft` and `openid` answer: by a redirect, or by a form that the browser posts, which "
                + "keeps codes out of the logs of proxies. Apple always posts."),
        ProviderSetting(
            .trustedDomains, .list, absence: "no address of the provider is trusted",
            "For `gitlab`, `keycloak` and `openid`: the domains for whose addresses the provider is trusted, where it says "
                + "that it has verified them. Each is one name: `example.com` does not cover `mail.example.com`. A trusted address "
                + "links to the user who has it, so list only domains whose mailboxes the provider's operator controls.",
            unsafeValues: "An entry that is no domain."),
        ProviderSetting(
            .allowMissingNonce, .flag, absence: "`false`",
            "Lets clients of Supabase's API present an id token without a nonce, as SDKs that know none do: one that was stolen "
                + "within ten minutes of its issue, and not presented yet, then signs in. The start warns of it. Other routes "
                + "demand a nonce in any case.",
            unsafeValues: "Anything but true or false."),
        ProviderSetting(
            .teamID, .text, absence: "none; required for `apple`",
            "The ten characters of the team that the Services ID belongs to.",
            unsafeValues: "Anything but ten letters and digits."),
        ProviderSetting(
            .keyID, .text, absence: "none; required for `apple`",
            "The ten characters of the key in `PROVIDER_<NAME>_PRIVATE_KEY_FILE`.",
            unsafeValues: "Anything but ten letters and digits."),
        ProviderSetting(
            .privateKey, .text, absence: "none; this or the file is required for `apple`",
            "The key for \"Sign in with Apple\" as PEM, with `\\n` for its line ends.",
            unsafeValues: "Anything but a private key on the curve P-256."),
        ProviderSetting(
            .privateKeyFile, .text, absence: "none; this or the key is required for `apple`",
            "The file `AuthKey_….p8` that Apple lets you download once. Setting the key, too, is an error.",
            unsafeValues: "A file that cannot be read, or that other users can read."),
    ]
}

/// The values of `PROVIDER_<NAME>_RESPONSE_MODE`.
enum ProviderResponseMode: String, CaseIterable, Hashable, Sendable {
    case query
    case formPost = "form_post"
}

/// The values of `PROVIDER_<NAME>_KIND`.
enum ProviderKindName: String, CaseIterable, Hashable, Sendable {
    case google
    case github
    case apple
    case microsoft
    case gitlab
    case keycloak
    case openid

    /// What buttons say where the operator does not.
    var displayName: String? {
        switch self {
        case .google: "Google"
        case .github: "GitHub"
        case .apple: "Apple"
        case .microsoft: "Microsoft"
        case .gitlab: "GitLab"
        case .keycloak, .openid: nil
        }
    }

    /// The fields that mean something for it.
    var fields: Set<ProviderField> {
        let common: Set<ProviderField> = [.kind, .displayName, .clientID, .audiences, .scopes]
        let tokens: Set<ProviderField> = [.allowMissingNonce]
        let secret: Set<ProviderField> = [.clientSecret, .clientSecretFile]
        return switch self {
        // GitHub has no id tokens.
        case .github: common.union(secret)
        case .google: common.union(secret).union(tokens)
        case .microsoft: common.union(secret).union(tokens).union([.tenant, .responseMode])
        case .apple: common.union(tokens).union([.teamID, .keyID, .privateKey, .privateKeyFile])
        case .gitlab, .keycloak, .openid:
            common.union(secret).union(tokens).union([.issuer, .responseMode, .trustedDomains])
        }
    }

    /// Whether it needs a client secret.
    var needsSecret: Bool {
        switch self {
        case .google, .github, .microsoft: true
        case .apple, .gitlab, .keycloak, .openid: false
        }
    }
}
