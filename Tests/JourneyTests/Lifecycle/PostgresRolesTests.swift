// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

/// The owner migrates and a role without privileges serves, as docs/deployment.md and compose.yaml set it up.
@Suite("PostgreSQL's roles", .oneAtATime, .timeLimit(.minutes(10)))
struct PostgresRolesTests {
    private static let ownerPassword = "owner-0d7f"
    private static let password = "serving-55ab"

    /// Lends a server whose roles the script of packaging/ has made, and an installation for production.
    private func withRoles(
        _ body: (TemporaryPostgresCluster, Installation) async throws -> Void
    ) async throws {
        let cluster = try await TemporaryPostgresCluster.started(asksPasswords: true)
        let outcome: Result<Void, any Error>
        do {
            let script = AuthdBinary.package.appending(path: "packaging/postgres-roles.sh").path
            let made = try await cluster.initialize(
                with: script,
                ["AUTHD_OWNER_PASSWORD": Self.ownerPassword, "AUTHD_PASSWORD": Self.password])
            try #require(made.succeeded, "\(made)")
            let settings = [
                "ENVIRONMENT": "production", "ROOT_KEY_FILE": "root.key", "PUBLIC_URL": "https://id.example",
                "DATABASE_URL": url(cluster, "authd", Self.password), "RATE_LIMIT_ENABLED": "false",
            ]
            try await Installation.with(.sqlite, settings) { installation in
                try installation.directory.write(
                    try await Command("openssl", "rand", "-hex", "32").succeed(), to: "root.key")
                let owner = installation.with(["DATABASE_URL": url(cluster, "authd_owner", Self.ownerPassword)])
                let migrated = try await owner.authd("migrate")
                try #require(migrated.succeeded, "\(migrated)")
                try await body(cluster, installation)
            }
            outcome = .success(())
        } catch {
            outcome = .failure(error)
        }
        await cluster.remove()
        try outcome.get()
    }

    private func url(_ cluster: TemporaryPostgresCluster, _ role: String, _ password: String) -> String {
        "postgresql://\(role):\(password)@127.0.0.1:\(cluster.port)/authd"
    }

    @Test("the serving role does all that users, administrators and commands ask for")
    func serving() async throws {
        try await withRoles { _, installation in
            try await installation.serving { daemon in
                let root = try await installation.administrator(of: daemon)
                let ada = try await daemon.signUp("ada")
                let refreshed = try await daemon.send(
                    "POST", "/auth/refresh", json: #"{"refresh_token":"\#(ada.refresh)"}"#)
                refreshed.expect(200)
                let access = try refreshed.text("access_token")
                try await daemon.send("PATCH", "/users/me", token: access, json: #"{"full_name":"Ada"}"#).expect(200)
                try await daemon.send("GET", "/auth/sessions", token: access).expect(200)
                try await daemon.send("GET", "/users", token: root.access).expect(200)
                try await daemon.send("GET", "/audit", token: root.access).expect(200)
                try await daemon.send("POST", "/auth/logout", token: access).expect(200)
                try await daemon.send("GET", "/auth/me", token: access).expectProblem(401, "invalid_token")
                let again = try await daemon.signIn("ada")
                try await daemon.send("DELETE", "/users/\(again.id)", token: root.access).expect(204)
                for (command, action) in [
                    ("key", "rotate"), ("key", "list"), ("audit", "verify"), ("migrate", "status"),
                ] {
                    let outcome = try await installation.authd(command, action)
                    #expect(outcome.succeeded, "\(outcome)")
                }
                let log = await daemon.log
                #expect(!log.contains("authd_runtime"), "\(log)")
                #expect(!log.contains("SQLSTATE"), "\(log)")
            }
        }
    }

    @Test("the serving role can change no table, and row-level security holds for it")
    func confinement() async throws {
        try await withRoles { cluster, installation in
            for sql in [
                "ALTER TABLE authd.users ADD COLUMN x bigint", "DROP TABLE authd.users", "TRUNCATE authd.users",
                "ALTER TABLE authd.users DISABLE ROW LEVEL SECURITY", "DROP POLICY runtime ON authd.users",
                "CREATE TABLE authd.mine (x bigint)", "CREATE TABLE public.mine (x bigint)",
                "DELETE FROM authd.schema_migrations", "SET ROLE authd_owner", "SET ROLE postgres",
                "SET session_replication_role = replica", "ALTER ROLE authd BYPASSRLS", "DROP SCHEMA authd CASCADE",
                "GRANT authd_owner TO authd",
            ] {
                let outcome = try await cluster.attempt(sql, as: "authd", in: "authd")
                #expect(!outcome.succeeded, "\(sql)")
                #expect(
                    outcome.errors.contains("permission denied") || outcome.errors.contains("must "), "\(outcome)")
            }
            let role = try await cluster.attempt(
                "SELECT rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb FROM pg_roles WHERE rolname = 'authd'",
                as: "authd", in: "authd")
            #expect(role.output == "f\n")

            let back = try await installation.authd("migrate", "down", "--to", "1")
            #expect(back.end == .exited(78), "\(back)")
            #expect(back.errors.contains("42501") && back.errors.contains("denies access"), "\(back)")
            #expect(!back.errors.contains("cannot be read"), "\(back)")
        }
    }

    @Test("serving as the owner or as a superuser is warned of in production")
    func excessPrivileges() async throws {
        try await withRoles { cluster, installation in
            for (role, password, words) in [
                ("authd_owner", Self.ownerPassword, "the owner of the schema"),
                ("postgres", TemporaryPostgresCluster.password, "a superuser"),
            ] {
                try await installation.serving(["DATABASE_URL": url(cluster, role, password)]) { daemon in
                    let log = await daemon.log(with: "DATABASE_URL names")
                    #expect(log.contains("DATABASE_URL names \(words)"), "\(log)")
                }
            }
        }
    }

    @Test("the script refuses one password for both roles")
    func samePassword() async throws {
        let script = AuthdBinary.package.appending(path: "packaging/postgres-roles.sh").path
        var command = Command("sh", script)
        command.environment["AUTHD_OWNER_PASSWORD"] = "same"
        command.environment["AUTHD_PASSWORD"] = "same"
        let outcome = try await command.run()
        #expect(outcome.end == .exited(1) && outcome.errors.contains("must differ"), "\(outcome)")
    }

    @Test("compose.yaml serves as the runtime role, migrates as the owner, and gives the superuser to neither")
    func compose() async throws {
        let program = "import json, sys, yaml; print(json.dumps(yaml.safe_load(open(sys.argv[1]))))"
        let parsed = try await TestPython.run(
            with: "yaml", "-c", program, AuthdBinary.package.appending(path: "compose.yaml").path)
        try #require(parsed.succeeded, "\(parsed)")
        let services = try #require(try JSONValue(parsing: parsed.output)["services"])

        func login(_ service: String) throws -> (role: String, password: String) {
            let url = try #require(services[service]?["environment"]?["DATABASE_URL"]?.string)
            let credentials = try #require(url.split(separator: "://").last?.split(separator: "@").first)
            let parts = credentials.split(separator: ":", maxSplits: 1).map(String.init)
            try #require(parts.count == 2)
            // As in `${NAME:?what is wrong without it}`.
            return (parts[0], String(parts[1].dropFirst(2).prefix { $0 != ":" && $0 != "}" }))
        }
        let serving = try login("authd")
        let migrating = try login("migrate")
        let environment = try #require(services["database"]?["environment"]?.object)
        let superuser = environment["POSTGRES_USER"]?.string ?? "postgres"

        #expect(serving.role == "authd" && serving.password == "AUTHD_PASSWORD")
        #expect(migrating.role == "authd_owner" && migrating.password == "AUTHD_OWNER_PASSWORD")
        #expect(![serving.role, migrating.role].contains(superuser))
        #expect(Set(["POSTGRES_PASSWORD", serving.password, migrating.password]).count == 3)
        #expect(environment.keys.contains(serving.password) && environment.keys.contains(migrating.password))
        #expect(services["migrate"]?["command"] == .array([.string("migrate")]))
        for service in ["authd", "migrate"] {
            let own = try #require(services[service]?["environment"]?.object)
            #expect(!own.keys.contains { $0.contains("PASSWORD") })
        }
        let volumes = services["database"]?["volumes"]?.array?.compactMap(\.string) ?? []
        let script = "./packaging/postgres-roles.sh:/docker-entrypoint-initdb.d/10-authd-roles.sh:ro"
        #expect(volumes.contains(script), "\(volumes)")
    }
}
