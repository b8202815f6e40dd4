// SPDX-License-Identifier: Apache-2.0

import AuthTestSupport
import Testing

/// The commands for Supabase's API, and what the keys that they make open at a daemon on the same database.
@Suite("Commands for Supabase's API", .oneAtATime, .timeLimit(.minutes(10)))
struct SupabaseCommandTests {
    private static let on = ["SUPABASE_API": "true"]

    /// The texts of the two lines, by their first words.
    private func keys(_ outcome: Command.Outcome) throws -> (anonymous: String, service: String) {
        try #require(outcome.succeeded, "\(outcome)")
        let lines = outcome.output.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
        try #require(lines.count == 2 && lines.allSatisfy { $0.count == 2 }, "\(outcome)")
        #expect(lines[0][0] == "anon" && lines[1][0] == "service_role", "\(outcome)")
        return (lines[0][1], lines[1][1])
    }

    /// The rows of the list, without its head.
    private func rows(_ installation: Installation) async throws -> [[String]] {
        let list = try await installation.authd("supabase", "keys", "list")
        try #require(list.succeeded, "\(list)")
        return list.output.split(separator: "\n").dropFirst().map { $0.split(separator: "\t").map(String.init) }
    }

    @Test(
        "keys are made, shown again, replaced, listed without their texts, and revoked",
        arguments: DatabaseKind.allCases)
    func life(_ database: DatabaseKind) async throws {
        try await Installation.with(database, Self.on) { installation in
            try await installation.serving { daemon in
                let first = try keys(try await installation.authd("supabase", "keys", "--name", "server"))
                let again = try keys(try await installation.authd("supabase", "keys"))
                // The same claims; a signature of ECDSA is another one each time.
                func claims(_ text: String) -> [Substring] { text.split(separator: ".").prefix(2).map(\.self) }
                #expect(claims(first.service).count == 2 && claims(first.service) == claims(again.service))
                #expect(claims(first.anonymous) == claims(again.anonymous))
                #expect(try await rows(installation).map { [$0[1], $0[2], $0[3]] } == [["jwt", "server", "live"]])

                let second = try keys(try await installation.authd("supabase", "keys", "--new", "--days", "40"))
                #expect(claims(second.service) != claims(first.service))
                let third = try await installation.authd("supabase", "keys", "--new")
                #expect(third.end == .exited(1) && third.output.isEmpty, "\(third)")
                #expect(third.errors.contains("Two secret keys of this form are live"), "\(third)")

                let opaque = try keys(try await installation.authd("supabase", "keys", "--opaque"))
                #expect(opaque.anonymous.hasPrefix("sb_publishable_") && opaque.service.hasPrefix("sb_secret_"))
                let listed = try await installation.authd("supabase", "keys", "list", "--json")
                for text in [first.service, second.service, opaque.service] {
                    #expect(!listed.output.contains(text) && !listed.errors.contains(text))
                }

                for service in [first.service, second.service, opaque.service] {
                    try await daemon.send("GET", "/auth/v1/admin/users", token: service).expect(200)
                }
                for other in [first.anonymous, opaque.anonymous, "\(opaque.service)x"] {
                    #expect(try await daemon.send("GET", "/auth/v1/admin/users", token: other).status == 403)
                }
                for row in try await rows(installation) {
                    let revoked = try await installation.authd("supabase", "keys", "revoke", row[0])
                    #expect(revoked.succeeded && revoked.output == "The key \(row[0]) is revoked.\n", "\(revoked)")
                }
                // Another process has revoked them: this one knows at its next request.
                for service in [first.service, second.service, opaque.service] {
                    #expect(try await daemon.send("GET", "/auth/v1/admin/users", token: service).status == 403)
                }
                #expect(try await rows(installation).map { $0[3] } == ["revoked", "revoked", "revoked"])
                #expect(try await installation.authd("supabase", "keys").succeeded)
            }
        }
    }

    @Test("without the API no key is made, and what cannot be meant is refused")
    func refused() async throws {
        try await Installation.with(.sqlite) { installation in
            try await installation.serving { daemon in
                let off = try await installation.authd("supabase", "keys")
                #expect(off.end == .exited(1) && off.output.isEmpty, "\(off)")
                #expect(off.errors.contains("Supabase's API is off: set SUPABASE_API=true"), "\(off)")
                #expect(try await daemon.send("GET", "/auth/v1/health").status == 404)
            }
            let on = installation.with(Self.on)
            for words in [
                ["--days", "0"], ["--days", "3651"], ["--name", ""], ["--name", String(repeating: "x", count: 65)],
                ["revoke", "key"],
            ] {
                let outcome = try await on.run(["supabase", "keys"] + words)
                #expect(outcome.end == .exited(64) && outcome.output.isEmpty, "\(outcome)")
            }
            let unknown = try await on.authd("supabase", "keys", "revoke", "01900000-0000-7000-8000-000000000001")
            #expect(unknown.end == .exited(1) && unknown.errors.contains("There is no such key."), "\(unknown)")
        }
    }

    @Test("a token of the API is inspected, with why it is rejected")
    func inspection() async throws {
        let settings = Self.on.merging(["SUPABASE_AUTOCONFIRM": "true"]) { $1 }
        try await Installation.with(.sqlite, settings) { installation in
            try await installation.serving { daemon in
                let session = try await daemon.send(
                    "POST", "/auth/v1/signup",
                    json: #"{"email":"ada@example.com","password":"notes on the engine"}"#)
                session.expect(200)
                let access = try #require(try session.json["access_token"]?.string)
                let valid = try await installation.authd("token", "inspect", "--json", input: "\(access)\n")
                #expect(valid.succeeded && valid.errors.hasSuffix("below /auth/v1 alone.\n"), "\(valid)")
                let fields = try JSONValue(parsing: valid.output)
                #expect(fields["accepted"] == .bool(true) && fields["key"]?.string == "active", "\(valid)")
                #expect(fields["issuer"]?.string?.hasSuffix("/auth/v1") == true, "\(valid)")
                #expect(fields["role"]?.string == "authenticated", "\(valid)")

                let off = try await installation.with(["SUPABASE_API": "false", "SUPABASE_AUTOCONFIRM": "false"])
                    .authd("token", "inspect", input: access)
                #expect(off.end == .exited(1) && off.errors.contains("which is off (SUPABASE_API)"), "\(off)")
                try await daemon.send("POST", "/auth/v1/logout", token: access).expect(204)
                let ended = try await installation.authd("token", "inspect", input: access)
                #expect(ended.end == .exited(1) && ended.errors.contains("its session has ended"), "\(ended)")
            }
        }
    }

    @Test("the SQL is the file of the repository, and needs neither settings nor a database")
    func sql() async throws {
        try await Installation.with(.sqlite, ["DATABASE_URL": "junk"]) { installation in
            let file = try AuthdBinary.text(of: "db/supabase/auth.sql")
            let printed = try await installation.authd("supabase", "sql")
            #expect(printed.succeeded && printed.errors.isEmpty, "\(printed)")
            #expect(printed.output == file)
        }
    }

    @Test("the doctor looks at the keys of an API that is on, and warns of what weakens it")
    func doctor() async throws {
        try await Installation.with(.sqlite, Self.on) { installation in
            try await installation.serving { _ in
                let none = try await installation.authd("doctor")
                #expect(none.output.contains("no secret key is live"), "\(none)")
                _ = try keys(try await installation.authd("supabase", "keys", "--days", "20"))
                let weak = installation.with([
                    "SUPABASE_AUTOCONFIRM": "true", "SUPABASE_VERIFY_ON_GET": "true", "SUPABASE_CODE_DIGITS": "6",
                ])
                let found = try await weak.authd("doctor")
                for words in [
                    "make another one with `authd supabase keys --new`", "SUPABASE_AUTOCONFIRM is on",
                    "SUPABASE_VERIFY_ON_GET is on", "SUPABASE_CODE_DIGITS is 6",
                ] {
                    #expect(found.output.contains(words), "\(words): \(found)")
                }
            }
        }
    }
}
