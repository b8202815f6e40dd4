// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import authd

@Suite("Settings that stop the start", .tags(.security))
struct UnsafeSettingsTests {
    struct Case: CustomTestStringConvertible {
        let key: SettingKey
        let variables: Variables
        /// The sentence after the name, or how it begins.
        let predicate: String
        var testDescription: String { "\(key.rawValue): \(variables[key.rawValue] ?? "-")" }

        /// A value of the setting alone.
        init(_ key: SettingKey, _ value: String, with others: Variables = [:], _ predicate: String) {
            self.key = key
            variables = others.merging([key.rawValue: value]) { _, value in value }
            self.predicate = predicate
        }

        /// The setting is missing.
        init(missing key: SettingKey, _ variables: Variables, _ predicate: String) {
            self.key = key
            self.variables = variables
            self.predicate = predicate
        }
    }

    static let development = ["ENVIRONMENT": "development"]
    static let shared = ["ALGORITHM": "HS256"]
    static let mail = ["SMTP_HOST": "mail.example", "EMAILS_FROM_EMAIL": "auth@example.com"]
    static let postgres = ["DATABASE_URL": "postgresql://authd@db/authd"]

    static let cases: [Case] = process + server + feed + keys + users + sending + files + providers + supabase

    private static let providers = [
        Case(.providers, "Google", "has the entry \"Google\", which is no name; google may be meant"),
        Case(
            .providerReturnTo, "http://app.example.com", "has the entry \"http://app.example.com\", which is neither; "),
        Case(.providerReturnTo, "app.example.com", "has the entry \"app.example.com\", which is neither; "),
        Case(.fetchAllowedNetworks, "0.0.0.0/0", "allows every address; "),
        Case(.fetchAllowedNetworks, "10.1.0.1/16", "has the entry \"10.1.0.1/16\", which has host bits set; "),
    ]

    private static let files = [
        Case(.databaseURLFile, "/f", with: ["DATABASE_URL": "memory:"], "is set together with DATABASE_URL; "),
        Case(
            .rootKeyPreviousFile, "/f", with: ["ROOT_KEY_PREVIOUS": Secrets.rootKey],
            "is set together with ROOT_KEY_PREVIOUS; "),
        Case(.secretKeyFile, "/f", with: ["SECRET_KEY": Secrets.strong], "is set together with SECRET_KEY; "),
        Case(
            .secretKeyPreviousFile, "/f", with: ["SECRET_KEY_PREVIOUS": Secrets.strong],
            "is set together with SECRET_KEY_PREVIOUS; "),
        Case(
            .changeFeedSecretsFile, "/f", with: ["CHANGE_FEED_SECRETS": good],
            "is set together with CHANGE_FEED_SECRETS; "),
        Case(
            .smtpPasswordFile, "/f",
            with: mail.merging(["SMTP_USER": "ada", "SMTP_PASSWORD": Secrets.strong]) { $1 },
            "is set together with SMTP_PASSWORD; "),
    ]

    private static let process = [
        Case(.environment, "staging", "is none of production, development; "),
        Case(.debug, "true", "must not be set in production; "),
        Case(.debug, "perhaps", with: development, "is neither true nor false; "),
        Case(.appName, String(repeating: "x", count: 65), "is longer than 64 bytes"),
        Case(.appName, "a\u{1B}[2Jb", "is longer than 64 bytes or has control characters; "),
        Case(.appVersion, String(repeating: "1", count: 65), "is longer than 64 bytes"),
        Case(.appVersion, "1.0 beta", "is longer than 64 bytes or has characters other than printable ASCII"),
        Case(.appVersion, "1.0\u{1B}[2J", "is longer than 64 bytes or has characters other than printable ASCII"),
        Case(.logFormat, "xml", "is none of text, json; "),
        Case(.logLevel, "loud", "is none of trace, "),
        Case(.logClientAddress, "half", "is none of full, network, off; "),
        Case(.slowRequestMilliseconds, "600001", "is not a whole number from 0 to 600000"),
        Case(.databaseEcho, "maybe", "is neither true nor false; "),
    ]

    private static let feed = [
        Case(.changeFeedSecrets, "6f1d2b9e4c7a8053", "is shorter than 32 bytes"),
        Case(.changeFeedSecrets, "\(good),your-256-bit-secret", "is a published example"),
        Case(.changeFeedSecrets, String(repeating: "ab", count: 20), "follows a pattern"),
        Case(.changeFeedSecrets, good + "é", "has characters that cannot stand in a header field."),
        Case(.changeFeedSecrets, good, with: ["SECRET_KEY": good], "is the same as SECRET_KEY or ROOT_KEY"),
        Case(.changeFeedSecrets, good, with: ["ROOT_KEY": good], "is the same as SECRET_KEY or ROOT_KEY"),
    ]

    /// Sixty-four digits that are not random, but look so.
    static let good = "6f1d2b9e4c7a8053e2d1c4b7a6958f30214365870a9c8b7d6e5f40312c3d4e5f"

    private static let server = [
        Case(.host, "0.0.0.0", with: development, "lets other machines reach a development daemon"),
        Case(.host, "::", with: development, "lets other machines reach a development daemon"),
        Case(.host, "authd.internal", with: development, "lets other machines reach a development daemon"),
        Case(.host, "127.0.0.1.example", with: development, "lets other machines reach a development daemon"),
        Case(.host, "a b", "is neither a name nor an address"),
        Case(.port, "65536", "is not a whole number from 0 to 65535; "),
        Case(.port, "-1", "is not a whole number"),
        Case(.port, "+80", "is not a whole number"),
        Case(.port, "8000.0", "is not a whole number"),
        Case(.port, "٨٠", "is not a whole number"),
        Case(.port, String(repeating: "9", count: 400), "is not a whole number"),
        Case(.publicURL, "id.example", "must start with https:// or http://; https://id.example may be meant."),
        Case(.publicURL, "ftp://id.example", "must start with https:// or http://, as in "),
        Case(.publicURL, "https://ada@id.example", "is no https or http URL"),
        Case(.publicURL, "https://id.example/?a=b", "is no https or http URL"),
        Case(.publicURL, "https://", "is no https or http URL"),
        Case(.apiPrefix, "api", "is no path such as /api/v1."),
        Case(.apiPrefix, "/api/", "is no path such as /api/v1."),
        Case(.apiPrefix, "/../x", "is no path such as /api/v1."),
        Case(.apiPrefix, "/auth/v1", "begins as routes at the root do"),
        Case(.apiPrefix, "/audit", "begins as routes at the root do"),
        Case(.apiPrefix, "/oauth2", "begins as routes at the root do"),
        Case(.allowedOrigins, "*", "has a *, but replies to an allowed origin carry credentials"),
        Case(.allowedOrigins, "https://*.example", "has a *"),
        Case(
            .allowedOrigins, "https://app.example/",
            "has the entry \"https://app.example/\", which is no origin; https://app.example may be meant."),
        Case(
            .allowedOrigins, "https://APP.example",
            "has the entry \"https://APP.example\", which is no origin; https://app.example may be meant."),
        Case(.allowedOrigins, "null", "has the entry \"null\", which is no origin; write scheme and host"),
        Case(.trustedProxies, "0.0.0.0/0", "trusts every client; "),
        Case(.trustedProxies, "10.0.0.0/8,::/0", "trusts every client; "),
        Case(
            .trustedProxies, "10.0.0.1/8",
            "has the entry \"10.0.0.1/8\", which has host bits set; 10.0.0.0/8 may be meant."),
        Case(.trustedProxies, "proxy.internal", "has the entry \"proxy.internal\", which is no network such as "),
        Case(.trustedProxyHeader, "X-Client-IP", "is none of "),
        Case(.shutdownGraceSeconds, "601", "is not a whole number from 0 to 600; "),
        Case(.shutdownDelaySeconds, "601", "is not a whole number from 0 to 600; "),
        Case(.maxConnectionsPerSource, "0", "is not a whole number from 1 to 16384; "),
        Case(.pooler, "session", "is none of none, transaction; "),
        Case(.auditRetentionDays, "89", "is less than AUDIT_RETENTION_MINIMUM_DAYS; "),
        Case(.auditRetentionMinimumDays, "0", "is not a whole number from 1 to 36500; "),
        Case(.rateLimitSignIn, "ten", "is \"ten\", which is no limit such as 10/60s"),
        Case(.rateLimitRegister, "0/60s", "is \"0/60s\""),
        Case(.rateLimitRefresh, "10/0s", "is \"10/0s\""),
        Case(.rateLimitMail, "5", "is \"5\""),
        Case(.rateLimitRedeem, "10/m", "is \"10/m\""),
        Case(.rateLimitPage, "300/60", "is \"300/60\""),
        Case(.rateLimitWrite, "-1/60s", "is \"-1/60s\""),
        Case(.rateLimitRead, "300/60s/1", "is \"300/60s/1\""),
        Case(.rateLimitMultipliers, "192.0.2.0/24", "has the entry \"192.0.2.0/24\""),
    ]

    private static let keys = [
        Case(missing: .secretKey, shared, "is required by ALGORITHM=HS256; "),
        Case(.secretKey, "kR7#mP2$vN9!", with: shared, "is shorter than 32 bytes; "),
        Case(.secretKey, Secrets.strong, with: ["ALGORITHM": "HS384"], "is shorter than 48 bytes; "),
        Case(
            .secretKey, "q7Zr2mXv9KpL4wTb8NcJ5hYd3fGs6aUeq1Wx0iOtRzVyBkMl", with: ["ALGORITHM": "HS512"],
            "is shorter than 64 bytes; "),
        Case(
            .secretKey, "09d25e094faa6ca2556c818166b7a9563b93f7099f6f0f4caa6cf63b88e8d3e7", with: shared,
            "is a published example; "),
        Case(
            .secretKey, "change-this-to-a-random-secret-key-in-production", with: shared,
            "is a published example; "),
        Case(.secretKey, "your-secret-key-here", with: shared, "is a published example; "),
        Case(.secretKey, "YOUR-256-bit-secret-key-here", with: shared, "is a published example; "),
        Case(.secretKey, "please replace this with something long", with: shared, "is a placeholder, not a secret; "),
        Case(.secretKey, String(repeating: "a", count: 64), with: shared, "follows a pattern that can be guessed; "),
        Case(.secretKey, String(repeating: "k3Z9x!", count: 8), with: shared, "follows a pattern"),
        Case(.secretKey, "abcdefghijklmnopqrstuvwxyz0123456789", with: shared, "follows a pattern"),
        Case(.secretKey, "your-secret-key-here", "is a published example; "),
        Case(
            .secretKeyPrevious, "your-secret-key-here",
            with: ["ALGORITHM": "HS256", "SECRET_KEY": Secrets.strong], "is a published example"),
        Case(.algorithm, "none", "is none of HS256, "),
        Case(missing: .rootKeyFile, postgres, "is required in production with PostgreSQL"),
        Case(.rootKey, "0123", "is an example or follows a pattern; "),
        Case(.rootKey, String(repeating: "0", count: 64), "is an example or follows a pattern; "),
        Case(.rootKey, Secrets.rootKey + "00", "is not 64 hexadecimal digits"),
        Case(.rootKey, Secrets.strong, "is not 64 hexadecimal digits"),
        Case(
            .rootKey, "09d25e094faa6ca2556c818166b7a9563b93f7099f6f0f4caa6cf63b88e8d3e7",
            "is an example or follows a pattern; "),
        Case(.rootKey, Secrets.rootKey, with: ["ROOT_KEY_FILE": "k"], "is set together with ROOT_KEY_FILE"),
        Case(.rootKey, Secrets.rootKey, with: ["SECRET_KEY": Secrets.rootKey], "is the same as SECRET_KEY"),
        Case(.rootKeyPrevious, "\(Secrets.rootKey),\(Secrets.strong)", "is not 64 hexadecimal digits"),
    ]

    private static let users = [
        Case(
            .registrationDomains, "example.com, *.example.org", with: ["REGISTRATION": "domains"],
            "has the entry \"*.example.org\", which is no domain; example.org may be meant, "),
        Case(
            missing: .registrationDomains, ["REGISTRATION": "domains"],
            "names no domain although REGISTRATION is domains; "),
        Case(
            .unverifiedUserDays, "1", with: ["EMAIL_VERIFICATION_TOKEN_EXPIRE_HOURS": "25"],
            "is a shorter time than EMAIL_VERIFICATION_TOKEN_EXPIRE_HOURS, "),
        Case(.refreshGraceSeconds, "301", "is not a whole number from 0 to 300; "),
        Case(.accessTokenMinutes, "0", "is not a whole number from 1 to 1440; "),
        Case(.sessionMaxDays, "6", "is less than REFRESH_TOKEN_EXPIRE_DAYS"),
        Case(.passwordComposition, "never", "is none of short, always, off; "),
        Case(.passwordHash, "md5", "is none of argon2id, bcrypt; "),
        Case(.argon2MemoryKiB, "4096", "is not a whole number from 7168 to 262144; "),
        Case(.argon2Iterations, "4", with: ["ARGON2_MEMORY_KIB": "7168"], "is too few passes over 7168 KiB"),
        Case(.bcryptCost, "9", "is not a whole number from 10 to 16; "),
        Case(.hashThreads, "0", "is not a whole number from 1 to 256; "),
    ]

    private static let sending = [
        Case(missing: .emailsFromEmail, ["SMTP_HOST": "mail.example"], "is required with SMTP_HOST; "),
        Case(.emailsFromEmail, "nobody", with: mail, "is not an address that mail can come from"),
        Case(.mailLimitPerAddress, "10/h,3/d", with: mail, "is \"10/h,3/d\", which is no limit such as 3/h,10/d: "),
        Case(.smtpHost, "mail example", with: mail, "is neither a name nor an address"),
        Case(missing: .smtpUser, mail.merging(["SMTP_PASSWORD": "x"]) { $1 }, "is missing beside SMTP_PASSWORD; "),
        Case(missing: .smtpPassword, mail.merging(["SMTP_USER": "x"]) { $1 }, "is missing beside SMTP_USER; "),
        Case(
            .smtpSecurity, "none", with: mail.merging(["SMTP_USER": "ada", "SMTP_PASSWORD": Secrets.strong]) { $1 },
            "would send SMTP_PASSWORD over the network in the clear; "),
        Case(
            .smtpSecurity, "opportunistic",
            with: mail.merging(["SMTP_USER": "ada", "SMTP_PASSWORD": Secrets.strong]) { $1 },
            "would send SMTP_PASSWORD over the network in the clear; "),
        Case(.passwordResetURL, "http://app.example/reset", "is no https URL"),
        Case(.passwordResetURL, "https://app.example/reset#x", "is no https URL"),
        Case(.emailVerificationURL, "javascript:alert(1)", "is no https URL"),
    ]

    @Test("each gives one sentence that names it", arguments: cases)
    func sentence(_ example: Case) {
        let problems = DaemonConfiguration.problems(in: example.variables)
        #expect(problems.count == 1, "\(problems)")
        #expect(problems.contains { $0.hasPrefix("\(example.key.rawValue) \(example.predicate)") }, "\(problems)")
        #expect(problems.allSatisfy { $0.hasSuffix(".") }, "\(problems)")
    }

    @Test("no sentence repeats a secret", arguments: cases)
    func noSecrets(_ example: Case) {
        let secrets = Setting.all.filter { $0.confidentiality == .secret }.compactMap { setting in
            example.variables[setting.key.rawValue]
        }
        for problem in DaemonConfiguration.problems(in: example.variables) {
            // A text of one letter is in every sentence.
            for secret in secrets where secret.count > 1 { #expect(!problem.contains(secret)) }
        }
    }

    @Test(
        "every rule of the reference has an example here",
        arguments: Setting.all.filter { $0.unsafeValues != nil })
    func everyRuleIsTried(_ setting: Setting) {
        // What is wrong with a file is asked when the file is read: RootKeyFileTests, RefusedStartTests, FileFaultsTests.
        guard ![.rootKeyFile, .breachedPasswordsFile, .rolesFile].contains(setting.key) else { return }
        let named: SettingKey = setting.key == .smtpPassword ? .smtpSecurity : setting.key
        #expect(Self.cases.contains { $0.key == named })
    }

    @Test("all problems are reported at once")
    func allAtOnce() {
        let problems = DaemonConfiguration.problems(in: [
            "PORT": "x", "ALLOWED_ORIGINS": "*", "ALGORITHM": "HS256", "DEBUG": "true",
        ])
        let names = problems.map { String($0.prefix { $0 != " " }) }
        #expect(Set(names) == ["PORT", "ALLOWED_ORIGINS", "SECRET_KEY", "DEBUG"])
    }

    @Test(
        "similar but safe values do not stop it",
        arguments: [
            ["HOST": "0.0.0.0"], ["HOST": "::"],
            ["ENVIRONMENT": "development", "HOST": "0.0.0.0", "DEV_ALLOW_REMOTE": "true"],
            ["ENVIRONMENT": "development", "HOST": "localhost"], ["ENVIRONMENT": "development", "HOST": "127.9.9.9"],
            ["ENVIRONMENT": "development", "HOST": "::1"],
            ["ALGORITHM": "HS256", "SECRET_KEY": Secrets.strong],
            ["ALGORITHM": "HS256", "SECRET_KEY": Secrets.rootKey],
            ["ARGON2_MEMORY_KIB": "7168", "ARGON2_ITERATIONS": "5"], ["API_V1_PREFIX": "/"],
            ["TRUSTED_PROXIES": "127.0.0.1, ::1"], ["PUBLIC_URL": "http://[::1]:8000"],
            ["SESSION_MAX_DAYS": "7"], ["REFRESH_TOKEN_GRACE_SECONDS": "0"],
            [
                "SMTP_HOST": "localhost", "EMAILS_FROM_EMAIL": "auth@example.com", "SMTP_USER": "a",
                "SMTP_PASSWORD": "b", "SMTP_SECURITY": "none",
            ],
        ])
    func safe(_ variables: Variables) {
        #expect(DaemonConfiguration.problems(in: variables) == [])
    }
}

extension Tag {
    @Tag static var security: Self
}
