// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthHTTP
import AuthHTTPServer
import Testing

@testable import authd

@Suite("Redaction of settings", .tags(.security))
struct RedactionTests {
    struct Case: CustomTestStringConvertible {
        let url: String
        let shown: String
        var testDescription: String { url }
    }

    @Test(
        "a URL is shown without its password, and an invalid URL is redacted generously",
        arguments: [
            Case(url: "sqlite:///./authd.db", shown: "sqlite:///./authd.db"),
            Case(url: "postgresql://ada@db/auth", shown: "postgresql://ada@db/auth"),
            Case(url: "postgresql://ada:hunter2@db/auth", shown: "postgresql://ada:***@db/auth"),
            Case(url: "postgresql://ada:hun@ter:2@db/auth", shown: "postgresql://ada:***@db/auth"),
            Case(url: "postgresql://:hunter2@db/auth", shown: "postgresql://:***@db/auth"),
            Case(url: "postgresql://ada:hun/ter2@db/auth", shown: "postgresql://ada:***@db/auth"),
            Case(url: "ada:hunter2@db", shown: "ada:***@db"),
            Case(url: "postgresql://db/auth?password=hunter2", shown: "postgresql://db/auth?***"),
            Case(url: "postgresql://db/auth?sslPASSWORD=hunter2", shown: "postgresql://db/auth?***"),
            Case(url: "postgresql://db/auth?sslmode=require", shown: "postgresql://db/auth?sslmode=require"),
        ])
    func urls(_ example: Case) {
        #expect(Redaction.withoutPassword(example.url) == example.shown)
        #expect(Redaction.hasPassword(example.url) == (example.url != example.shown))
    }

    @Test("terminal control characters are replaced")
    func controlCharacters() {
        #expect(Redaction.printable("a\u{1B}[2J\nb\u{202E}c\u{85}") == "a\u{FFFD}[2J\u{FFFD}b\u{FFFD}c\u{FFFD}")
        #expect(Redaction.printable("größer 🔑") == "größer 🔑")
    }
}

@Suite("Report of settings in force")
struct ConfigurationReportTests {
    @Test("has a line for every setting in the order of the table, with its origin")
    func lines() throws {
        let report = ConfigurationReport(
            SettingSources(
                flags: ["PORT": "1"], environment: ["HASH_QUEUE": "2"], file: .containing(["APP_NAME": "Kettle"])))

        let lines = report.lines()
        #expect(lines.count == Setting.all.count)
        #expect(zip(lines, Setting.all).allSatisfy { $0.hasPrefix("\($1.key.rawValue)=") })
        #expect(lines.contains("PORT=1 (flag)"))
        #expect(lines.contains("HASH_QUEUE=2 (environment)"))
        #expect(lines.contains("APP_NAME=Kettle (file)"))
        #expect(lines.contains("HOST=127.0.0.1 (default)"))
        #expect(lines.contains("SMTP_HOST= (default)"))
    }

    @Test("shows what differs from the defaults alone, with values that follow from other settings or the machine")
    func changed() throws {
        let sources = SettingSources(
            environment: [
                "PORT": "9000", "HOST": "127.0.0.1", "DATABASE_URL": "sqlite:////srv/users.db",
                "CHANGE_FEED_SECRETS": Secrets.strong,
            ])
        let configuration = try DaemonConfiguration.read(sources, processors: 4)

        let lines = ConfigurationReport(sources, configuration).lines(onlyChanged: true)

        #expect(
            lines == [
                "LOG_LEVEL=info (computed)", "PORT=9000 (environment)", "PUBLIC_URL=http://localhost:9000 (computed)",
                "EVENT_LOOP_THREADS=4 (computed)", "SHUTDOWN_DELAY_SECONDS=5 (computed)",
                "DATABASE_URL=sqlite:////srv/users.db (environment)", "DB_START_TIMEOUT=30 (computed)",
                "AUDIT_HEAD_FILE=/srv/users.db.audit-head (computed)", "ROOT_KEY_FILE=/srv/users.db.key (computed)",
                "TOKEN_ISSUER=http://localhost:9000 (computed)", "TOKEN_AUDIENCE=http://localhost:9000 (computed)",
                "CHANGE_FEED_SECRETS=(secret) (environment)", "HASH_THREADS=4 (computed)",
            ])
    }

    @Test("shows the limits that are in force in development, but for one that was given")
    func developmentLimits() throws {
        let sources = SettingSources(environment: ["ENVIRONMENT": "development", "RATE_LIMIT_MAIL": "5/600s"])
        let configuration = try DaemonConfiguration.read(sources, processors: 4)

        let lines = ConfigurationReport(sources, configuration).lines().filter { $0.hasPrefix("RATE_LIMIT_") }

        #expect(
            lines == [
                "RATE_LIMIT_ENABLED=true (default)", "RATE_LIMIT_SIGN_IN=300/60s (computed)",
                "RATE_LIMIT_REGISTER=150/600s (computed)", "RATE_LIMIT_REFRESH=1800/60s (computed)",
                "RATE_LIMIT_MAIL=5/600s (environment)", "RATE_LIMIT_REDEEM=300/60s (computed)",
                "RATE_LIMIT_PAGE=9000/60s (computed)",
                "RATE_LIMIT_WRITE=3600/60s (computed)", "RATE_LIMIT_READ=9000/60s (computed)",
                "RATE_LIMIT_MULTIPLIERS= (default)",
            ])
        for (key, limitClass) in SettingReader.limitKeys where key != .rateLimitMail {
            let line = try #require(lines.first { $0.hasPrefix("\(key.rawValue)=") })
            let text = String(line.dropFirst(key.rawValue.utf8.count + 1).prefix { $0 != " " })
            #expect(RateLimitText.rule(text)?.capacity == configuration.http.limits.rules[limitClass]?.capacity)
        }
    }

    @Test("shows no secret, whatever the secret", arguments: SettingOrigin.allCases)
    func secrets(from origin: SettingOrigin) {
        let secret = "hunter2"
        var variables = Setting.all.filter { $0.confidentiality == .secret }.reduce(into: Variables()) {
            $0[$1.key.rawValue] = secret
        }
        variables["DATABASE_URL"] = "postgresql://ada:\(secret)@db/auth"

        let sources =
            switch origin {
            case .flag: SettingSources(flags: variables)
            case .environment: SettingSources(environment: variables)
            case .file: SettingSources(file: .containing(variables))
            case .standard: SettingSources()
            }
        let lines = ConfigurationReport(sources).lines()

        #expect(!lines.contains { $0.contains(secret) })
        let hidden = lines.count { $0.contains("=(secret) (") }
        #expect(hidden == (origin == .standard ? 0 : variables.count - 1))
    }
}
