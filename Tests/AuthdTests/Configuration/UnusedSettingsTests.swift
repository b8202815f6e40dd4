// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import authd

@Suite("Settings without effect")
struct UnusedSettingsTests {
    @Test("a value that is the default is not reported, and one beside what it needs neither")
    func silence() throws {
        let defaults = Setting.all.compactMap { setting in setting.defaultValue.map { (setting.key.rawValue, $0) } }
        let plain = try DaemonConfiguration.read([:]).warnings
        #expect(try DaemonConfiguration.read(Variables(uniqueKeysWithValues: defaults)).warnings == plain)

        let postgres = try DaemonConfiguration.read([
            "DATABASE_URL": "postgresql://authd@127.0.0.1/authd", "ROOT_KEY": Secrets.rootKey, "DB_POOL_SIZE": "7",
            "DB_POOLER": "transaction", "DB_START_TIMEOUT": "1",
        ])
        #expect(postgres.warnings == plain)
    }

    @Test("each that has no effect is reported by its name")
    func reported() throws {
        let warnings = try DaemonConfiguration.read(["DB_POOL_SIZE": "7", "DB_POOLER": "transaction"]).warnings
        #expect(warnings.contains { $0.hasPrefix("DB_POOL_SIZE has no effect without PostgreSQL; ") })
        #expect(warnings.contains { $0.hasPrefix("DB_POOLER has no effect without PostgreSQL; ") })
    }

    @Test("PUBLIC_URL over http is reported in production, unless it is this machine")
    func plainHTTP() throws {
        func isWarned(_ variables: Variables) throws -> Bool {
            try DaemonConfiguration.read(variables).warnings.contains {
                $0.hasPrefix("PUBLIC_URL is http in production")
            }
        }
        #expect(try isWarned(["PUBLIC_URL": "http://id.example.com"]))
        #expect(try isWarned(["PUBLIC_URL": "http://[2001:db8::1]:8000"]))
        #expect(try !isWarned(["PUBLIC_URL": "https://id.example.com"]))
        #expect(try !isWarned(["PUBLIC_URL": "http://localhost:8000"]))
        #expect(try !isWarned(["PUBLIC_URL": "http://[::1]:8000"]))
        #expect(try !isWarned(["PUBLIC_URL": "http://id.example.com", "ENVIRONMENT": "development"]))
    }

    @Test(
        "a port that begins with TLS where the setting does not, or the other way round, is reported",
        arguments: [
            ("465", "starttls", true), ("587", "tls", true), ("25", "tls", true), ("465", "tls", false),
            ("587", "starttls", false), ("465", "auto", false), ("2525", "tls", false),
        ])
    func mailPorts(port: String, security: String, isWarned: Bool) throws {
        let warnings = try DaemonConfiguration.read([
            "SMTP_HOST": "mail.example", "EMAILS_FROM_EMAIL": "auth@example.com", "SMTP_PORT": port,
            "SMTP_SECURITY": security,
        ]).warnings
        #expect(warnings.contains { $0.contains("does not fit SMTP_PORT=\(port)") } == isWarned, "\(warnings)")
    }
}
