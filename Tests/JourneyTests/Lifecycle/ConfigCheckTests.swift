// SPDX-License-Identifier: Apache-2.0

import AuthTestSupport
import Testing

/// What an operator learns of the settings before a start.
@Suite("Check of the settings", .oneAtATime, .timeLimit(.minutes(10)))
struct ConfigCheckTests {
    @Test("says that the settings can be used, and what differs from the defaults, without a secret")
    func changed() async throws {
        let secret = "f1f07c2a9be84d6ea05133c97d28be64a9d0c1e25b7f4830"
        try await Installation.with(.sqlite, ["ALGORITHM": "HS256", "SECRET_KEY": secret]) { installation in
            let checked = try await installation.authd("config", "check", "--changed")

            #expect(checked.succeeded && checked.output.hasSuffix("\nusable: yes\n"), "\(checked)")
            #expect(checked.output.contains("\nSECRET_KEY=(secret) (environment)\n"), "\(checked)")
            #expect(checked.output.contains("\nROOT_KEY_FILE=./authd.db.key (computed)\n"), "\(checked)")
            #expect(!checked.output.contains("DB_POOL_SIZE") && !checked.output.contains(secret), "\(checked)")
            #expect(!installation.directory.exists("authd.db") && !installation.directory.exists("authd.db.key"))
        }
    }

    @Test("says that they cannot be used, with the status of a start")
    func unusable() async throws {
        try await Installation.with(.sqlite, ["LOG_LEVEL": "warn"]) { installation in
            let checked = try await installation.authd("config", "check")
            #expect(checked.end == .exited(78) && checked.output.hasSuffix("\nusable: no\n"), "\(checked)")
            #expect(checked.errors.contains("LOG_LEVEL is none of ") && checked.errors.contains("warning may be meant"))

            let json = try await installation.authd("config", "check", "--json")
            #expect(json.end == .exited(78), "\(json)")
            let object = try JSONValue(parsing: json.output)
            #expect(object["usable"] == .bool(false))
            #expect(object["problems"]?.array?.count == 1, "\(json)")
        }
    }

    @Test(
        "with --connect it makes nothing, and then finds the database that a start has made",
        arguments: DatabaseKind.allCases)
    func connects(to database: DatabaseKind) async throws {
        try await Installation.with(database) { installation in
            let before = try await installation.authd("config", "check", "--connect", "--changed")
            #expect(before.succeeded && before.output.contains("\ndatabase: ok, "), "\(before)")
            #expect(before.output.contains("\nfiles: ok, ") && before.output.contains("\nmail: ok, "), "\(before)")
            #expect(!installation.directory.exists("authd.db") && !installation.directory.exists("authd.db.key"))

            try await installation.serving { _ in
                let beside = try await installation.authd("config", "check", "--connect", "--json")
                #expect(beside.succeeded, "\(beside)")
                let object = try JSONValue(parsing: beside.output)
                #expect(object["usable"] == .bool(true))
                let checks = object["checks"]?.array ?? []
                #expect(checks.map { $0["subject"]?.string } == ["files", "database", "mail"], "\(beside)")
                let detail = checks.compactMap { $0["detail"]?.string }.first { $0.contains("schema") } ?? ""
                #expect(detail.hasSuffix("its schema is current"), "\(beside)")
                #expect(detail.contains("PostgreSQL 1") == (database == .postgres), "\(beside)")
            }
        }
    }

    @Test("with --connect a database, a mail server and files that are not there are each named, and nothing is sent")
    func findsFaults() async throws {
        let settings = [
            "DATABASE_URL": "postgresql://authd:kq83mz@127.0.0.1:1/authd", "SMTP_HOST": "127.0.0.1", "SMTP_PORT": "1",
            "EMAILS_FROM_EMAIL": "auth@example.com", "DOCS_ASSETS_DIR": "/nonexistent/docs",
        ]
        try await Installation.with(.sqlite, settings) { installation in
            let checked = try await installation.authd("config", "check", "--connect")

            #expect(checked.end == .exited(1) && checked.output.hasSuffix("\nusable: no\n"), "\(checked)")
            for words in [
                "\nfiles: failed, DOCS_ASSETS_DIR /nonexistent/docs ", "\ndatabase: failed, DATABASE_URL postgresql://",
                "\nmail: failed, SMTP_HOST 127.0.0.1:1 cannot be reached ",
            ] { #expect(checked.output.contains(words), "\(checked)") }
            #expect(!checked.output.contains("kq83mz") && !checked.errors.contains("kq83mz"), "\(checked)")
        }
    }

    /// A row of the page on troubleshooting about what a start looks at.
    struct Row: Sendable, CustomTestStringConvertible {
        let settings: [String: String]
        let sentence: String
        let stops: Bool

        var testDescription: String { settings.sorted { $0.key < $1.key }.map { "\($0)=\($1)" }.joined(separator: " ") }
    }

    /// The rows whose example fails in the same way on every machine; of several with one example the first, which is about
    /// a file that is not there.
    private static func rows() throws -> [Row] {
        let page = try AuthdBinary.text(of: "docs/troubleshooting.md")
        var examples: Set<Substring> = []
        return page.split(separator: "\n").compactMap { line in
            let cells = line.split(separator: " | ")
            guard cells.count == 3, cells[0].hasPrefix("| unreachable, ") else { return nil }
            let example = cells[1].drop { $0 == "`" }.prefix { $0 != "`" }
            let isTheSameEverywhere = ["/nonexistent/", "=/dev/null", "127.0.0.1:1/", "HOST=192.0.2.1", "SMTP_PORT=1 "]
                .contains { example.contains($0) }
            guard isTheSameEverywhere, !example.hasPrefix("AUDIT_HEAD_FILE"), examples.insert(example).inserted else {
                return nil
            }
            let settings = example.split(separator: " ").map { $0.split(separator: "=", maxSplits: 1).map(String.init) }
            return Row(
                settings: Dictionary(uniqueKeysWithValues: settings.map { ($0[0], $0[1]) }),
                sentence: String(cells[2].dropLast(2)), stops: cells[0].hasSuffix("stops"))
        }
    }

    @Test("a start says what the page on troubleshooting says that it says")
    func documentedSentences() async throws {
        let rows = try Self.rows()
        #expect(rows.count(where: \.stops) >= 9 && rows.contains { !$0.stops }, "\(rows)")
        for row in rows {
            let production = ["ENVIRONMENT": "production"].merging(row.settings) { _, new in new }
            try await Installation.with(.sqlite, production) { installation in
                if row.stops {
                    let outcome = try await installation.authd("serve")
                    #expect(outcome.end == .exited(78) || outcome.end == .exited(1), "\(row): \(outcome)")
                    #expect(Self.plain(outcome.errors).contains(Self.plain(row.sentence)), "\(row): \(outcome)")
                } else {
                    try await installation.serving { daemon in
                        let words = Self.plain(row.sentence).split(separator: "*").map(String.init)
                        let log = await daemon.log(with: words[0])
                        #expect(words.allSatisfy(log.contains), "\(row): \(log)")
                    }
                }
            }
        }
    }

    /// A text without what stands in brackets, which libraries word.
    private static func plain(_ text: String) -> String { text.replacing(#/\([^)]*\)/#, with: "*") }
}
