// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthDelivery
import AuthService
import AuthTestSupport
import Testing

@testable import authd

@Suite("Settings of identity providers")
struct ProviderSettingsTests {
    static let google: Variables = [
        "PROVIDERS": "google", "PROVIDER_GOOGLE_CLIENT_ID": "1234", "PROVIDER_GOOGLE_CLIENT_SECRET": "GOCSPX-5678",
        "PUBLIC_URL": "https://id.example.com",
    ]

    /// Made by `openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256`, and public since.
    static let pem = """
        -----BEGIN PRIVATE KEY-----
        MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgFHJ+x6h1qTlEnqrI
        BnvHMvrkqYeelRgX+vaknmmal1ehRANCAATydY4Mi6SBxKyzIC6rkcqQHBEbhSg9
        oDgUyIH7AA9Jje7FvJaEjvg7KjDw4uwGD3vREYfXBsKu2UgIDv1K4Go3
        -----END PRIVATE KEY-----
        """

    private func provider(_ variables: Variables, _ name: String) throws -> IdentityProvider {
        let configuration = try DaemonConfiguration.read(variables)
        let name = try ProviderName(name)
        return try #require(configuration.providers.provider(named: name)).provider
    }

    @Test(
        "a name of a setting is taken apart, and written as it was",
        arguments: [
            ("PROVIDER_GOOGLE_CLIENT_ID", "google", ProviderField.clientID),
            ("PROVIDER_MY_CORP_CLIENT_SECRET_FILE", "my-corp", .clientSecretFile),
            ("PROVIDER_A1_KEY_ID", "a1", .keyID), ("PROVIDER_KEY_ID_KEY_ID", "key-id", .keyID),
            ("PROVIDER_X_PRIVATE_KEY_FILE", "x", .privateKeyFile),
        ])
    func names(_ text: String, _ provider: String, _ field: ProviderField) throws {
        let key = try #require(ProviderSettingKey(text))
        #expect(key.provider.text == provider && key.field == field && key.text == text)
        #expect(ProviderSettingKey(flag: "--" + text.lowercased().replacing("_", with: "-")) == key)
        #expect(SettingName(text) == .ofProvider(key) && SettingName(text)?.text == text)
    }

    @Test(
        "other names are none",
        arguments: [
            "PROVIDER_CLIENT_ID", "PROVIDER__CLIENT_ID", "PROVIDER_RETURN_TO", "PROVIDERS", "PROVIDER_GOOGLE_PASSWORD",
            "provider_google_client_id", "PROVIDER_google_CLIENT_ID", "PROVIDER_1X_CLIENT_ID",
            "PROVIDER_GOOGLE_CLIENT_ID_", "XPROVIDER_GOOGLE_CLIENT_ID", "PROVIDER_GÖÖGLE_CLIENT_ID", "",
            "PROVIDER_" + String(repeating: "X", count: 40) + "_ISSUER",
        ])
    func otherNames(_ text: String) {
        #expect(ProviderSettingKey(text) == nil)
    }

    @Test("no name of a field ends with that of another, and none makes a setting of the table")
    func fields() {
        for field in ProviderField.allCases {
            let others = ProviderField.allCases.filter { $0 != field && field.rawValue.hasSuffix("_" + $0.rawValue) }
            #expect(others.isEmpty, "\(field.rawValue)")
        }
        for key in SettingKey.allCases { #expect(ProviderSettingKey(key.rawValue) == nil) }
        #expect(ProviderSetting.all.map(\.field) == ProviderField.allCases)
        #expect(ProviderField.secretFiles.allSatisfy { $0.file.rawValue == $0.secret.rawValue + "_FILE" })
    }

    @Test("each kind has its issuer, and what it needs")
    func kinds() throws {
        #expect(try provider(Self.google, "google").issuer == "https://accounts.google.com")
        #expect(try provider(Self.google, "google").displayName == "Google")

        let github = try provider(
            ["PROVIDERS": "github", "PROVIDER_GITHUB_CLIENT_ID": "a", "PROVIDER_GITHUB_CLIENT_SECRET": "b"], "github")
        #expect(github.kind == .gitHub && github.trust == .gitHub)

        let gitlab = try provider(["PROVIDERS": "gitlab", "PROVIDER_GITLAB_CLIENT_ID": "a"], "gitlab")
        #expect(gitlab.issuer == "https://gitlab.com")

        let corp = try provider(
            [
                "PROVIDERS": "google, my-corp", "PROVIDER_GOOGLE_CLIENT_ID": "a", "PROVIDER_GOOGLE_CLIENT_SECRET": "b",
                "PROVIDER_MY_CORP_ISSUER": "https://sso.example.com/realms/main", "PROVIDER_MY_CORP_KIND": "Keycloak",
                "PROVIDER_MY_CORP_CLIENT_ID": "authd", "PROVIDER_MY_CORP_DISPLAY_NAME": "Corporate",
                "PROVIDER_MY_CORP_SCOPES": "profile,email", "PROVIDER_MY_CORP_AUDIENCES": "ios, android",
                "PROVIDER_MY_CORP_TRUSTED_DOMAINS": "Example.com,bücher.example",
                "PROVIDER_MY_CORP_RESPONSE_MODE": "form_post",
            ], "my-corp")
        #expect(corp.issuer == "https://sso.example.com/realms/main" && corp.displayName == "Corporate")
        #expect(corp.scopes == ["openid", "profile", "email"] && corp.audiences == ["ios", "android"])
        #expect(corp.trust == .domains(["example.com", "xn--bcher-kva.example"]) && corp.usesFormPost)

        let apple = try provider(
            [
                "PROVIDERS": "apple", "PROVIDER_APPLE_CLIENT_ID": "com.example.signin",
                "PROVIDER_APPLE_TEAM_ID": "A1B2C3D4E5", "PROVIDER_APPLE_KEY_ID": "F6G7H8J9K0",
                "PROVIDER_APPLE_PRIVATE_KEY": Self.pem,
            ], "apple")
        #expect(apple.usesFormPost)
    }

    @Test("without PROVIDERS there are none, and the return targets are those of PUBLIC_URL")
    func none() throws {
        #expect(try DaemonConfiguration.read([:]).providers.providers.isEmpty)
        let targets = try #require(
            DaemonConfiguration.read(["PUBLIC_URL": "https://id.example.com/auth"]).service.returnTargets)
        #expect(targets.admits("https://id.example.com/anything") != nil)
        #expect(targets.admits("https://app.example.com/") == nil)
        let given = try #require(
            DaemonConfiguration.read(
                Self.google.merging(["PROVIDER_RETURN_TO": "https://app.example.com, com.example.app:/callback"]) { $1 }
            ).service.returnTargets)
        #expect(given.admits("https://app.example.com/home") != nil && given.admits("com.example.app:/callback") != nil)
        #expect(given.admits("https://id.example.com/") == nil && given.admits("com.example.app:/callback/x") == nil)
    }

    @Test("an issuer over http is for this machine in development alone")
    func plainIssuers() throws {
        let variables: Variables = [
            "PROVIDERS": "corp", "PROVIDER_CORP_CLIENT_ID": "a",
            "PROVIDER_CORP_ISSUER": "http://localhost:8080/realms/x",
        ]
        #expect(DaemonConfiguration.problems(in: variables).count == 1)
        let development = try DaemonConfiguration.read(variables.merging(["ENVIRONMENT": "development"]) { $1 })
        #expect(development.providers.destinations.allowsLoopback)
        #expect(development.providers.destinations.allowedPorts == [8080])
        let remote = variables.merging(
            ["ENVIRONMENT": "development", "PROVIDER_CORP_ISSUER": "http://sso.example.com"]) { $1 }
        #expect(DaemonConfiguration.problems(in: remote).count == 1)
        #expect(try !DaemonConfiguration.read(Self.google).providers.destinations.allowsLoopback)
    }

    @Test("networks of private use are those of the setting")
    func networks() throws {
        let configuration = try DaemonConfiguration.read(
            Self.google.merging(["FETCH_ALLOWED_NETWORKS": "10.1.0.0/16, fd00::/8"]) { $1 })
        #expect(
            configuration.providers.destinations.allowedNetworks
                == [IPNetwork("10.1.0.0/16"), IPNetwork("fd00::/8")].compactMap(\.self))
    }

    @Test("a missing setting is named, one sentence each")
    func missing() {
        #expect(
            DaemonConfiguration.problems(in: ["PROVIDERS": "google,corp,apple"]).map { $0.prefix { $0 != " " } } == [
                "PROVIDER_GOOGLE_CLIENT_ID", "PROVIDER_GOOGLE_CLIENT_SECRET", "PROVIDER_CORP_CLIENT_ID",
                "PROVIDER_CORP_ISSUER", "PROVIDER_APPLE_CLIENT_ID", "PROVIDER_APPLE_TEAM_ID", "PROVIDER_APPLE_KEY_ID",
                "PROVIDER_APPLE_PRIVATE_KEY",
            ])
    }

    @Test("every example is answered in one sentence that names a setting and says what to do")
    func examples() {
        #expect(ProviderMisconfigurations.all.count == ProviderMisconfigurations.examples.count)
        for example in ProviderMisconfigurations.all {
            #expect(example.sentence.hasPrefix("PROVIDER_"), "\(example.sentence)")
            let hasRemedy = example.sentence.contains(#/[;:] |such as /#)
            #expect(hasRemedy && example.sentence.hasSuffix("."), "\(example.sentence)")
            #expect(!example.sentence.contains("GOCSPX-5678"))
        }
    }

    @Test("an empty value has no effect, and is told with its place")
    func empty() {
        let sources = SettingSources(
            environment: Self.google.merging(["PROVIDER_GOOGLE_SCOPES": ""]) { $1 },
            file: .containing(["PROVIDER_GOOGLE_DISPLAY_NAME": "Mountain"]))
        #expect(sources.ofProviders.count == 3)
        #expect(
            sources.warnings.contains { $0.hasPrefix("PROVIDER_GOOGLE_SCOPES is empty in the environment and has no ") }
        )
    }

    @Test("flags win over the environment, the environment over the file, and a secret is no flag")
    func sources() throws {
        let flags = try SettingFlags(["--provider-google-client-id", "flag", "serve"])
        #expect(flags.rest == ["serve"])
        let sources = SettingSources(
            flags: flags.values, environment: Self.google,
            file: .containing(["PROVIDER_GOOGLE_CLIENT_ID": "file", "PROVIDER_GOOGLE_DISPLAY_NAME": "file"]))
        let google = try ProviderName("google")
        #expect(sources.ofProviders[ProviderSettingKey(google, .clientID)] == GivenSetting(text: "flag", origin: .flag))
        #expect(sources.ofProviders[ProviderSettingKey(google, .clientSecret)]?.origin == .environment)
        #expect(sources.ofProviders[ProviderSettingKey(google, .displayName)]?.origin == .file)
        let secret = ProviderSettingKey(google, .clientSecret)
        #expect(throws: SettingFlags.Failure.providerSecret(secret)) {
            try SettingFlags(["--provider-google-client-secret=x"])
        }
        #expect(throws: SettingFlags.Failure.missingValue(flag: "--provider-google-issuer")) {
            try SettingFlags(["--provider-google-issuer"])
        }
    }

    @Test("the report shows each that was given, and no secret", .tags(.security))
    func report() {
        let sources = SettingSources(environment: Self.google.merging(["PROVIDER_APPLE_PRIVATE_KEY": "hunter2"]) { $1 })
        let lines = ConfigurationReport(sources).lines(onlyChanged: true).filter { $0.hasPrefix("PROVIDER_") }
        #expect(
            lines == [
                "PROVIDER_APPLE_PRIVATE_KEY=(secret) (environment)", "PROVIDER_GOOGLE_CLIENT_ID=1234 (environment)",
                "PROVIDER_GOOGLE_CLIENT_SECRET=(secret) (environment)",
            ])
    }

    @Test("a secret and a key may stand in files, which others must not read", .tags(.security))
    func files() throws {
        let folder = try TemporaryDirectory()
        defer { folder.remove() }
        try folder.write("GOCSPX-5678\n", to: "google")
        try folder.write(Self.pem, to: "AuthKey.p8")
        let variables: Variables = [
            "PROVIDERS": "google,apple", "PROVIDER_GOOGLE_CLIENT_ID": "1234", "PUBLIC_URL": "https://id.example.com",
            "PROVIDER_GOOGLE_CLIENT_SECRET_FILE": folder.file("google"), "PROVIDER_APPLE_CLIENT_ID": "com.example",
            "PROVIDER_APPLE_TEAM_ID": "A1B2C3D4E5", "PROVIDER_APPLE_KEY_ID": "F6G7H8J9K0",
            "PROVIDER_APPLE_PRIVATE_KEY_FILE": folder.file("AuthKey.p8"),
        ]
        let sources = SettingSources(environment: variables).withSecrets
        #expect(try DaemonConfiguration.read(sources, processors: 4).providers.providers.count == 2)

        try folder.write("GOCSPX-5678\nand more", to: "google")
        let faults = DaemonConfiguration.problems(in: SettingSources(environment: variables).withSecrets)
        #expect(faults.count == 1 && faults.first?.contains("has more than one line") == true, "\(faults)")
        try folder.write("GOCSPX-5678", to: "google", permissions: 0o644)
        let exposed = DaemonConfiguration.problems(in: SettingSources(environment: variables).withSecrets)
        #expect(
            exposed.count == 1 && exposed.first?.hasPrefix("PROVIDER_GOOGLE_CLIENT_SECRET_FILE ") == true,
            "\(exposed)")
    }

    @Test("authd init writes those that it is given")
    func initial() throws {
        let values: Variables = [
            "PUBLIC_URL": "https://id.example.com", "ROOT_KEY_FILE": "/etc/authd/root.key", "PROVIDERS": "gitlab",
            "PROVIDER_GITLAB_CLIENT_ID": "1234",
        ]
        let text = try InitialSettings(.single, values).text
        #expect(EnvironmentFile(Array(text.utf8)).values["PROVIDER_GITLAB_CLIENT_ID"] == "1234")
    }

    @Test("the address of a provider's callback is that of PUBLIC_URL")
    func redirect() throws {
        let configuration = try DaemonConfiguration.read(Self.google)
        let google = try ProviderName("google")
        #expect(configuration.redirectURI(of: google) == "https://id.example.com/auth/providers/google/callback")
        let local = try DaemonConfiguration.read(["PORT": "9000"])
        #expect(local.redirectURI(of: google) == "http://localhost:9000/auth/providers/google/callback")
    }
}
