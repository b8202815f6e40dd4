// SPDX-License-Identifier: Apache-2.0

import AuthDelivery
import AuthService
import AuthTestSupport
import Testing

@testable import authd

@Suite("Secrets in files", .tags(.security))
struct SecretFileSettingsTests {
    /// The settings of files with contents, and further ones.
    private func read(
        _ files: [SettingKey: String], with others: Variables = [:], _ body: (SettingSources) throws -> Void
    ) throws {
        let folder = try TemporaryDirectory()
        defer { folder.remove() }
        var variables = others
        for (key, text) in files {
            try folder.write(text, to: key.rawValue)
            variables[key.rawValue] = folder.file(key.rawValue)
        }
        try body(SettingSources(environment: variables).withSecrets)
    }

    @Test("take the place of the settings that they are named for", arguments: SettingKey.secretFiles.map(\.secret))
    func values(secret: SettingKey) throws {
        let file = try #require(SettingKey.secretFiles.first { $0.secret == secret }?.file)
        try read([file: "\(Secrets.rootKey)\n"]) { sources in
            #expect(sources.given[secret]?.text == Secrets.rootKey)
            #expect(sources.given[secret]?.origin == .environment)
            #expect(
                !ConfigurationReport(sources).lines().contains { $0.contains(Secrets.rootKey) && !$0.contains("URL") })
        }
    }

    @Test("arrive where they belong")
    func configuration() throws {
        try read(
            [
                .databaseURLFile: "memory:\n", .secretKeyFile: Secrets.strong,
                .secretKeyPreviousFile: "\(Secrets.rootKey)\n\(Secrets.otherRootKey)\n",
                .rootKeyPreviousFile: "\(Secrets.rootKey),\(Secrets.otherRootKey)\r\n",
                .smtpPasswordFile: "pass word\n", .changeFeedSecretsFile: Secrets.otherRootKey,
            ],
            with: [
                "ALGORITHM": "HS256", "SMTP_HOST": "mail.example", "SMTP_USER": "ada",
                "EMAILS_FROM_EMAIL": "auth@example.com",
            ]
        ) { sources in
            let configuration = try DaemonConfiguration.read(sources, processors: 4)
            #expect(configuration.database.displayName == "memory:")
            #expect(configuration.signing.summary == "HS256, 2 previous")
            #expect(configuration.previousRootKeys.count == 2)
            #expect(configuration.service.changeFeedSecrets.contains(Secrets.otherRootKey))
            guard case .smtp(let smtp) = configuration.mail.destination else {
                Issue.record("no mail server")
                return
            }
            #expect(smtp.credentials != nil && sources.given[.smtpPassword]?.text == "pass word")
        }
    }

    @Test("that cannot be used are one sentence each, which names setting and file and no secret")
    func faults() throws {
        let sources = SettingSources(environment: ["ALGORITHM": "HS256", "SECRET_KEY_FILE": "/nosuch/secret"])
            .withSecrets
        #expect(
            DaemonConfiguration.problems(in: sources) == [
                "SECRET_KEY_FILE /nosuch/secret cannot be read (No such file or directory): correct the path, or mount the secret there."
            ])

        try read([.secretKeyFile: "\(Secrets.strong)\n\(Secrets.rootKey)"], with: ["ALGORITHM": "HS256"]) { sources in
            let problems = DaemonConfiguration.problems(in: sources)
            #expect(problems.count == 1 && problems.first?.hasPrefix("SECRET_KEY_FILE /") == true, "\(problems)")
            #expect(problems.first?.contains("has more than one line") == true)
            #expect(problems.first?.contains(Secrets.strong) == false)
        }
        try read([.secretKeyFile: "your-secret-key-here"], with: ["ALGORITHM": "HS256"]) { sources in
            let problems = DaemonConfiguration.problems(in: sources)
            #expect(problems.count == 1 && problems.first?.hasPrefix("SECRET_KEY is a published example") == true)
        }
        let both = SettingSources(
            environment: ["SECRET_KEY_FILE": "/f"], file: .containing(["SECRET_KEY": Secrets.strong]))
        #expect(
            DaemonConfiguration.problems(in: both.withSecrets) == [
                "SECRET_KEY_FILE is set together with SECRET_KEY; set one of them."
            ])
    }

    @Test("a database that a file names is not taken for a missing one, and a misspelt name for it stops the start")
    func misspelling() {
        let named = SettingSources(environment: ["DATABASE_URL_FILE": "/f"], file: .containing(["DATABASE_URI": "x"]))
        #expect(named.problems.isEmpty && named.warnings.count == 1)
        let misspelt = SettingSources(file: .containing(["DATABASE_URL_FIEL": "/f"]))
        #expect(misspelt.problems.map(\.sentence).first?.contains("DATABASE_URL_FILE may be meant") == true)
    }
}
