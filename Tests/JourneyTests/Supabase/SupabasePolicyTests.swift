// SPDX-License-Identifier: Apache-2.0

import AuthTestSupport
import Foundation
import Testing

/// Row-level security policies that were written for Supabase, on a plain PostgreSQL, by real tokens.
@Suite("Policies written for Supabase", .oneAtATime, .timeLimit(.minutes(10)))
struct SupabasePolicyTests {
    /// Tables as Supabase's documentation has them, and the role as which a server for them signs in.
    private static let tables = """
        CREATE TABLE notes (owner uuid NOT NULL DEFAULT auth.uid(), text text);
        ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
        CREATE POLICY own ON notes TO authenticated
            USING ((SELECT auth.uid()) = owner) WITH CHECK ((SELECT auth.uid()) = owner);
        GRANT SELECT, INSERT ON notes TO anon, authenticated, service_role;
        CREATE TABLE vault (text text);
        INSERT INTO vault VALUES ('for two factors');
        ALTER TABLE vault ENABLE ROW LEVEL SECURITY;
        CREATE POLICY strong ON vault TO authenticated USING ((SELECT auth.jwt() ->> 'aal') = 'aal2');
        GRANT SELECT ON vault TO anon, authenticated;
        CREATE ROLE authenticator LOGIN NOINHERIT;
        GRANT anon, authenticated, service_role TO authenticator;
        """

    @Test("the file that the command prints is the one of the package")
    func command() async throws {
        try await Installation.with(.sqlite) { installation in
            let printed = try await installation.authd("supabase", "sql")

            #expect(printed.succeeded, "\(printed.errors)")
            let file = try AuthdBinary.text(of: "db/supabase/auth.sql")
            #expect(printed.output == file)
        }
    }

    // Behaviour S137
    @Test("each user sees their own rows, and anon, broken claims, the next transaction and native tokens see none")
    func policies() async throws {
        try await Self.withCluster { cluster in
            let url = try await cluster.makeDatabase()
            let settings = ["DATABASE_URL": url, "DB_CONNECT_TIMEOUT": "60", "SUPABASE_AUTOCONFIRM": "true"]
            try await SupabaseStage.with(.sqlite, settings) { stage in
                let printed = try await stage.installation.authd("supabase", "sql")
                // Also where it has run before.
                for _ in 0..<2 { try await cluster.execute(printed.output, in: url) }
                try await cluster.execute(Self.tables, in: url)
                let root = try await stage.installation.administrator(of: stage.daemon)
                let journey = try await stage.client(
                    "supabase_policies", "sync", root.access, try PostgresCluster.binary("psql"), "-h", "127.0.0.1",
                    "-p", "\(cluster.port)", "-U", "authenticator", "-d", try PostgresCluster.databaseName(in: url),
                    "-XqAt", "-v", "VERBOSITY=terse")

                try #require(journey.succeeded, "\(journey.output)\(journey.errors)")
                #expect(
                    journey.output.split(separator: "\n").map(String.init) == [
                        "own rows only", "nothing after COMMIT", "no rows for anon", "a policy for aal2",
                        "no right on the tables of authd", "nothing by a native token", "no rows for broken claims",
                    ])
            }
        }
    }

    // Behaviour S138
    @Test("the file refuses a schema auth of another origin, roles that can sign in, and rights on authd's tables")
    func refusals() async throws {
        try await Self.withCluster { cluster in
            let sql = try AuthdBinary.text(of: "db/supabase/auth.sql")
            let foreign = try PostgresCluster.databaseName(in: try await cluster.makeDatabase())
            let made = try await cluster.attempt("CREATE SCHEMA auth", as: "postgres", in: foreign)
            try #require(made.succeeded, "\(made)")
            let refused = try await cluster.attempt(sql, as: "postgres", in: foreign)
            #expect(!refused.succeeded && refused.errors.contains("a schema \"auth\" exists"), "\(refused)")

            let roles = try PostgresCluster.databaseName(in: try await cluster.makeDatabase())
            let steps = [
                ("CREATE ROLE service_role LOGIN BYPASSRLS", "a role \"service_role\" exists"),
                ("ALTER ROLE service_role NOLOGIN CREATEROLE", "a role \"service_role\" exists"),
                ("ALTER ROLE service_role NOCREATEROLE NOBYPASSRLS", "a role \"service_role\" exists"),
                (
                    "ALTER ROLE service_role BYPASSRLS; CREATE ROLE staff; GRANT staff TO service_role",
                    "is a member of another role"
                ),
                (
                    "REVOKE staff FROM service_role; CREATE SCHEMA authd; GRANT USAGE ON SCHEMA authd TO PUBLIC",
                    "has a right on the schema \"authd\""
                ),
                (
                    "REVOKE USAGE ON SCHEMA authd FROM PUBLIC; GRANT CREATE ON SCHEMA authd TO PUBLIC",
                    "has a right on the schema \"authd\""
                ),
            ]
            for (step, message) in steps {
                let made = try await cluster.attempt(step, as: "postgres", in: roles)
                try #require(made.succeeded, "\(made)")
                let refused = try await cluster.attempt(sql, as: "postgres", in: roles)
                #expect(!refused.succeeded && refused.errors.contains(message), "\(step): \(refused)")
                // Nothing by halves.
                let left = try await cluster.attempt(
                    "SELECT to_regnamespace('auth') IS NULL", as: "postgres", in: roles)
                #expect(left.output == "t\n", "\(step): \(left)")
            }
            let healed = try await cluster.attempt(
                "REVOKE CREATE ON SCHEMA authd FROM PUBLIC; CREATE ROLE anon; GRANT USAGE ON SCHEMA authd TO anon",
                as: "postgres", in: roles)
            try #require(healed.succeeded, "\(healed)")
            let done = try await cluster.attempt(sql, as: "postgres", in: roles)
            #expect(done.succeeded, "\(done)")
            let right = try await cluster.attempt(
                "SELECT has_schema_privilege('anon', 'authd', 'USAGE')", as: "postgres", in: roles)
            #expect(right.output == "f\n", "\(right)")
        }
    }

    @Test("a schema that another role has made or given a function to is refused, whatever its comment says")
    func owners() async throws {
        try await Self.withCluster { cluster in
            let sql = try AuthdBinary.text(of: "db/supabase/auth.sql")
            let name = try PostgresCluster.databaseName(in: try await cluster.makeDatabase())
            func run(_ text: String, as role: String = "postgres") async throws {
                let made = try await cluster.attempt(text, as: role, in: name)
                try #require(made.succeeded, "\(text): \(made)")
            }
            func refuse(_ message: String, as role: String = "postgres") async throws {
                let refused = try await cluster.attempt(sql, as: role, in: name)
                #expect(!refused.succeeded && refused.errors.contains(message), "\(refused)")
            }
            try await run("CREATE ROLE mallory LOGIN; GRANT CREATE ON DATABASE \(name) TO mallory")
            try await refuse("must be run as a superuser", as: "mallory")

            try await run(
                "CREATE SCHEMA auth; COMMENT ON SCHEMA auth IS 'authd: functions for row-level security'", as: "mallory"
            )
            try await refuse("the role \"mallory\" owns the schema \"auth\" or a function in it")

            // The superuser has the schema, and still not what is in it.
            try await run("ALTER SCHEMA auth OWNER TO postgres; GRANT USAGE, CREATE ON SCHEMA auth TO mallory")
            try await run("CREATE FUNCTION auth.uid() RETURNS uuid LANGUAGE sql AS 'SELECT NULL::uuid'", as: "mallory")
            try await refuse("the role \"mallory\" owns the schema \"auth\" or a function in it")

            try await run("DROP FUNCTION auth.uid()")
            let done = try await cluster.attempt(sql, as: "postgres", in: name)
            #expect(done.succeeded, "\(done)")
        }
    }

    /// Lends a server of its own: the roles belong to a whole server.
    private static func withCluster(_ body: (PostgresCluster) async throws -> Void) async throws {
        let cluster = try await PostgresCluster.started()
        do {
            try await body(cluster)
        } catch {
            await cluster.remove()
            throw error
        }
        await cluster.remove()
    }
}
