// SPDX-License-Identifier: Apache-2.0

import AuthTestSupport
import Foundation
import Testing

/// The blocks of `docs/supabase.md`, as a reader runs them; only URLs and keys are put in.
@Suite("Page on Supabase's API, run", .oneAtATime, .timeLimit(.minutes(10)))
struct SupabasePageTests {
    private static let page = "docs/supabase.md"
    private static let credentials = #"{"email":"ada@example.com","password":"notes on the engine"}"#
    /// Of the same password, as Supabase keeps it.
    private static let hash = "$2a$10$abcdefghijklmnopqrstuuW6R6GTsm.cEKPB4wibSP26jTLvgCora"
    private static let ada = "6f1c2a34-9d0b-4c55-8e77-0b1a2c3d4e5f"
    private static let bob = "6f1c2a34-9d0b-4c55-8e77-0b1a2c3d4e60"
    /// Of a user whose hash is of a kind that is not taken over.
    private static let refused = "6f1c2a34-9d0b-4c55-8e77-0b1a2c3d4e61"

    private func block(_ name: String) throws -> String {
        try MarkdownPage(try AuthdBinary.text(of: Self.page)).text(name)
    }

    /// The keys of an installation that serves, by the names of their lines.
    private func keys(_ installation: Installation) async throws -> [String: String] {
        let made = try await installation.authd("supabase", "keys")
        try #require(made.succeeded, "\(made)")
        let pairs = made.output.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
        try #require(pairs.map(\.count) == [2, 2], "the output has other lines")
        return Dictionary(uniqueKeysWithValues: pairs.map { ($0[0], $0[1]) })
    }

    private func python(_ text: String, _ installation: Installation) async throws -> Command.Outcome {
        // By itself the client gives up after five seconds, in which a busy machine may not come to the hash of a password.
        let patience = "import httpx\nhttpx._config.DEFAULT_TIMEOUT_CONFIG.read = 60\n"
        try installation.directory.write(patience + text, to: "page.py")
        var command = Command([try await TestPython.interpreter(with: "supabase"), "page.py"])
        command.directory = installation.directory.path
        return try await command.run()
    }

    @Test("the client of the page signs up, signs in and asks for its user", arguments: DatabaseKind.allCases)
    func client(_ database: DatabaseKind) async throws {
        let settings = ["SUPABASE_API": "true", "SUPABASE_AUTOCONFIRM": "true"]
        try await Installation.with(database, settings) { installation in
            try await installation.serving { daemon in
                let keys = try await keys(installation)
                let anonymous = try #require(keys["anon"])
                let text = try block("Create a client #1").adapted([
                    ("https://id.example.com", daemon.base), ("ANON", anonymous),
                ])

                let run = try await python(text, installation)

                #expect(run.succeeded && run.output == "ada@example.com\n", "\(run)")
                // The same user, natively.
                try await daemon.send("POST", "/auth/login", json: Self.credentials).expect(200)
            }
        }
    }

    @Test("users whom the page exports from Supabase's tables are imported with ids, passwords and metadata")
    func move() async throws {
        let cluster = try await PostgresCluster.shared
        let url = try await cluster.makeDatabase()
        let tables = """
            CREATE SCHEMA auth;
            CREATE TABLE auth.users (id uuid PRIMARY KEY, email varchar, encrypted_password varchar,
                email_confirmed_at timestamptz, raw_user_meta_data jsonb, raw_app_meta_data jsonb,
                banned_until timestamptz, deleted_at timestamptz);
            CREATE TABLE auth.identities (user_id uuid, provider text, provider_id text);
            INSERT INTO auth.users VALUES
                ('\(Self.ada)', 'ada@example.com', '\(Self.hash)', now(), '{"sub": "x", "name": "Ada", "email_verified": true}',
                 '{"provider": "email", "providers": ["email"], "plan": "pro"}', now() - interval '1 day', NULL),
                ('00000000-0000-4000-8000-000000000001', 'gone@example.com', '', now(), '{}', '{}', NULL, now()),
                ('00000000-0000-4000-8000-000000000002', NULL, '', NULL, '{}', '{}', NULL, NULL),
                ('\(Self.refused)', 'fire@example.com', '$fbscrypt$v=1,n=14,r=8,p=1$x$y', now(), '{}', '{}', NULL, NULL),
                ('\(Self.bob)', 'bob@example.com', '\(Self.hash)', now(), '{}', '{}', 'infinity', NULL);
            INSERT INTO auth.identities VALUES ('\(Self.ada)', 'google', '1234'), ('\(Self.ada)', 'email', '\(Self.ada)');
            """
        try await cluster.execute(tables, in: url)
        try await Installation.with(.sqlite, ["SUPABASE_API": "true"]) { installation in
            try installation.directory.write(try block("Move from Supabase #1"), to: "export.sql")
            let name = try PostgresCluster.databaseName(in: url)
            let exported = try await cluster.shell(
                "psql -XqAt -v ON_ERROR_STOP=1 -d \(name) -f export.sql", in: installation.directory)
            try #require(exported.succeeded, "\(exported)")
            let identities = try String(
                contentsOfFile: installation.directory.file("identities.csv"), encoding: .utf8)
            #expect(identities.split(separator: "\n").count == 2, "\(identities)")

            try await installation.serving { daemon in
                let keys = try await keys(installation)
                let service = try #require(keys["service_role"])
                let text = try block("Move from Supabase #2").adapted([
                    ("https://id.example.com", daemon.base), ("SERVICE", service),
                ])
                // The second run finds the users of the first, and the row that was refused.
                for _ in 0..<2 {
                    let imported = try await python(text, installation)
                    #expect(
                        !imported.succeeded && imported.output.hasPrefix("\(Self.refused) validation_failed ")
                            && imported.output.split(separator: "\n").count == 1, "\(imported)")
                }

                let answer = try await daemon.send(
                    "POST", "/auth/v1/token?grant_type=password", json: Self.credentials)
                answer.expect(200)
                let user = try #require(answer.json["user"])
                #expect(user["id"]?.string == Self.ada, "\(answer)")
                #expect(user["user_metadata"]?["name"]?.string == "Ada" && user["user_metadata"]?["sub"]?.string != "x")
                #expect(user["app_metadata"]?["plan"]?.string == "pro")
                let users = try await daemon.send("GET", "/auth/v1/admin/users", token: service)
                #expect(try users.json["users"]?.array?.count == 2, "\(users)")
                // Banned at Supabase, banned here.
                let banned = try await daemon.send(
                    "POST", "/auth/v1/token?grant_type=password",
                    json: Self.credentials.replacing("ada@", with: "bob@"))
                banned.expect(400)
                #expect(try banned.json["error_code"]?.string == "user_banned", "\(banned)")
            }
        }
    }

    @Test("the policy of the page, behind the file of `authd supabase sql`, shows users their own rows and no others")
    func policies() async throws {
        let cluster = try await PostgresCluster.started()
        let outcome: Result<Void, any Error>
        do {
            try await Installation.with(.sqlite) { installation in
                let sql = try await installation.authd("supabase", "sql")
                try #require(sql.succeeded, "\(sql)")
                let others = "00000000-0000-4000-8000-000000000001"
                try installation.directory.write(sql.output, to: "auth.sql")
                try installation.directory.write(try block("Row-level security #1"), to: "notes.sql")
                try installation.directory.write(
                    """
                    INSERT INTO notes VALUES ('\(Self.ada)', 'mine'), ('\(others)', 'theirs');
                    BEGIN;
                    SET LOCAL ROLE authenticated;
                    SELECT set_config('request.jwt.claims', '{"sub": "\(Self.ada)", "role": "authenticated"}', true) <> '';
                    SELECT words FROM notes;
                    INSERT INTO notes (words) VALUES ('another');
                    SELECT count(*) FROM notes;
                    COMMIT;
                    BEGIN;
                    SET LOCAL ROLE authenticated;
                    SELECT auth.uid() IS NULL, count(*) FROM notes;
                    COMMIT;
                    """, to: "use.sql")

                let run = try await cluster.shell(
                    "for file in auth.sql auth.sql notes.sql use.sql; do psql -XqAt -v ON_ERROR_STOP=1 -d postgres -f $file; done",
                    in: installation.directory)

                #expect(run.succeeded && run.output.hasSuffix("t\nmine\n2\nt|0\n"), "\(run)")
            }
            outcome = .success(())
        } catch {
            outcome = .failure(error)
        }
        await cluster.remove()
        try outcome.get()
    }
}
