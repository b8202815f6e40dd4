// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import authd

@Suite("Settings table")
struct SettingTableTests {
    @Test("describes every setting once, in the order of the keys")
    func isComplete() {
        #expect(Setting.all.map(\.key) == SettingKey.allCases)
    }

    /// Names that deployments, guides and `.env` files of others rely on: none of them may go or be called otherwise.
    private static let promised = [
        "HOST", "PORT", "API_V1_PREFIX", "DATABASE_URL", "SECRET_KEY", "ALGORITHM", "ACCESS_TOKEN_EXPIRE_MINUTES",
        "REFRESH_TOKEN_EXPIRE_DAYS", "REFRESH_TOKEN_GRACE_SECONDS", "PASSWORD_RESET_TOKEN_EXPIRE_HOURS",
        "EMAIL_VERIFICATION_TOKEN_EXPIRE_HOURS", "ENVIRONMENT", "DEBUG", "DEV_ALLOW_REMOTE", "APP_NAME", "PUBLIC_URL",
        "TOKEN_ISSUER", "ALLOWED_ORIGINS", "TRUSTED_PROXIES", "TRUSTED_PROXY_HEADER", "REQUIRE_VERIFIED_EMAIL",
        "REGISTRATION_PRIVACY", "PASSWORD_COMPOSITION", "ROOT_KEY_FILE", "DB_POOL_SIZE", "DB_MAX_OVERFLOW",
        "DB_POOL_TIMEOUT", "DB_POOL_RECYCLE", "DB_POOLER", "SMTP_HOST", "SMTP_PORT", "SMTP_USER", "SMTP_PASSWORD",
        "EMAILS_FROM_EMAIL", "EMAILS_FROM_NAME", "PASSWORD_HASH", "LOG_FORMAT", "LOG_LEVEL", "METRICS_ENABLED",
        "RATE_LIMIT_ENABLED", "EVENT_LOOP_THREADS", "HASH_THREADS", "HASH_QUEUE",
    ]

    @Test("has each name that others rely on")
    func promisedNames() {
        let names = Set(SettingKey.allCases.map(\.rawValue))
        #expect(Self.promised.filter { !names.contains($0) } == [])
    }

    @Test("stands in groups, so that each heading comes once")
    func isGrouped() {
        var groups: [Setting.Group] = []
        for setting in Setting.all where groups.last != setting.group { groups.append(setting.group) }
        #expect(groups == Setting.Group.allCases)
    }

    @Test("says what happens without a value: a default or words, not both", arguments: Setting.all)
    func absence(_ setting: Setting) {
        #expect((setting.defaultValue == nil) != (setting.absence == nil))
    }

    @Test("hides settings named key, secret or password")
    func secretsAreMarked() {
        let secret = Setting.all.filter { $0.confidentiality == .secret }.map(\.key)
        #expect(
            secret == [
                .rootKey, .rootKeyPrevious, .secretKey, .secretKeyPrevious, .changeFeedSecrets, .smtpPassword,
                .supabaseJWTSecret,
            ])
        #expect(Setting.of(.databaseURL).confidentiality == .credentialsInURL)
    }

    @Test("has for each secret a setting that names a file with it")
    func secretFiles() {
        let secrets = Setting.all.filter { $0.confidentiality != .open }.map(\.key)
        for secret in secrets {
            let file = SettingKey(rawValue: secret.rawValue + "_FILE")
            #expect(file.map { Setting.of($0).confidentiality } == .open, "\(secret.rawValue)")
        }
        // The root key's file is one that the daemon makes.
        #expect(SettingKey.secretFiles.map(\.secret) == secrets.filter { $0 != .rootKey })
    }

    @Test("has defaults that are values of their own kinds")
    func defaultsAreGood() throws {
        let defaults = Setting.all.compactMap { setting in setting.defaultValue.map { (setting.key.rawValue, $0) } }
        let configuration = try DaemonConfiguration.read(Variables(uniqueKeysWithValues: defaults))
        #expect(configuration.environment == .production)
    }
}

extension Setting: CustomTestStringConvertible {
    /// The name of the setting.
    public var testDescription: String { key.rawValue }
}
