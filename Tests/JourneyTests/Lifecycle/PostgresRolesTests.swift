// SPDX-License-Identifier: Apache-2.0

import AuthTestSupport
import Foundation
import Testing

/// The owner migrates and a role without privileges serves, as docs/deployment.md and compose.yaml set it up.
@Suite("PostgreSQL's roles", .oneAtATime, .timeLimit(.minutes(10)))
struct PostgresRolesTests {
    private static let ownerPassword = "owner-0d7f"
    private static let password = "serving-55ab"

    /// Lends a server whose roles the script of packaging/ has made, and an installation for production.
    private func withRoles(
        _ body: (PostgresCluster, Installation) async throws -> Void
    ) async throws {
        let cluster = try await PostgresCluster.started(asksPasswords: true)
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

    private func url(_ cluster: PostgresCluster, _ role: String, _ password: String) -> String {
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

    @Test(
        "the page on deployment leads by hand to roles, a root key, a schema, and a daemon that serves without a warning"
    )
    func byHand() async throws {
        let page = MarkdownPage(try AuthdBinary.text(of: "docs/deployment.md"))
        try await withServer { cluster, installation in
            try installation.linkBinary(at: "bin/authd")
            let way = [("…", Self.password), ("db.example.com", "127.0.0.1:\(cluster.port)")]
            try await Self.runSQL(try page.text("PostgreSQL #1"), on: cluster, in: installation)

            let key = try page.text("PostgreSQL #2").replacing("/etc/authd/root.key", with: "root.key")
                .adapted([("chown authd ", "chown \"$(id -un)\" ")])
            let made = try await installation.shell(key)
            #expect(made.succeeded, "\(made)")
            #expect(try installation.directory.permissions(of: "root.key") == 0o600)

            // This server has no certificate; what `verify-full` proves has tests of its own.
            let file = try page.text("PostgreSQL #3").adapted(
                way + [
                    ("?sslmode=verify-full&sslrootcert=/etc/authd/db-ca.pem", ""), ("/etc/authd/root.key", "root.key"),
                ])
            var settings = ["PUBLIC_URL": "https://id.example", "RATE_LIMIT_ENABLED": "false"]
            for line in file.split(separator: "\n") {
                let parts = line.split(separator: "=", maxSplits: 1).map(String.init)
                settings[parts[0]] = parts[1]
            }
            // The commands are run by the tests' own user, in the folder of this installation.
            let migrating = try page.text("PostgreSQL #4").adapted(
                way + [
                    ("?sslmode=verify-full&sslrootcert=/etc/authd/db-ca.pem", ""),
                    ("/etc/authd/authd.env", "authd.env"),
                    ("cd /var/lib/authd\n", ""), ("runuser -u authd -- ", ""),
                ])
            try installation.directory.write("PUBLIC_URL=https://id.example\n", to: "authd.env")
            let withoutKey = try await installation.shell(migrating)
            #expect(withoutKey.end == .exited(78) && withoutKey.errors.contains("ROOT_KEY_FILE"), "\(withoutKey)")
            try installation.directory.write("PUBLIC_URL=https://id.example\n\(file)\n", to: "authd.env")
            let whole = installation.with(settings)
            let migrated = try await installation.shell(migrating)
            #expect(migrated.succeeded, "\(migrated)")
            // Planned, then taken.
            #expect(migrated.output.matches(of: /up 0001 users/).count == 2, "\(migrated)")

            try await whole.serving { daemon in
                _ = try await daemon.signUp("ada")
                let log = await daemon.log
                #expect(!log.contains("DATABASE_URL") && !log.contains("SQLSTATE"), "\(log)")
            }
        }
    }

    @Test("roles that are made after migrating, as the page on the schema says, serve too")
    func madeLater() async throws {
        let sql = try MarkdownPage(try AuthdBinary.text(of: "db/README.md")).text("Who may do what in PostgreSQL #1")
        try await withServer { cluster, installation in
            let database = try await cluster.makeDatabase()
            let name = try PostgresCluster.databaseName(in: database)
            try installation.directory.write(
                try await Command("openssl", "rand", "-hex", "32").succeed(), to: "root.key")
            let settings = ["ROOT_KEY_FILE": "root.key", "PUBLIC_URL": "https://id.example", "DATABASE_URL": database]
            let migrated = try await installation.with(settings).authd("migrate")
            try #require(migrated.succeeded, "\(migrated)")

            try await Self.runSQL(sql, on: cluster, database: name, in: installation)

            let serving = ["DATABASE_URL": "postgresql://authd:\(Self.password)@127.0.0.1:\(cluster.port)/\(name)"]
            try await installation.with(settings).with(serving).serving { daemon in
                _ = try await daemon.signUp("ada")
                #expect(!(await daemon.log).contains("DATABASE_URL names"))
            }
        }
    }

    @Test("another role with access to the schema sees no row and writes none")
    func others() async throws {
        try await withRoles { cluster, installation in
            try await installation.serving { daemon in _ = try await daemon.signUp("ada") }
            // What an exposed schema would be opened with.
            for sql in [
                "CREATE ROLE anon LOGIN", "GRANT USAGE ON SCHEMA authd TO anon",
                "GRANT ALL ON ALL TABLES IN SCHEMA authd TO anon", "GRANT CONNECT ON DATABASE authd TO anon",
            ] {
                let granted = try await cluster.attempt(sql, as: "postgres", in: "authd")
                try #require(granted.succeeded, "\(granted)")
            }
            for table in ["users", "identifiers", "passwords", "sessions", "signing_keys", "audit_events"] {
                let seen = try await cluster.attempt("SELECT count(*) FROM authd.\(table)", as: "anon", in: "authd")
                #expect(seen.output == "0\n", "\(table): \(seen)")
                let owned = try await cluster.attempt("SELECT count(*) FROM authd.\(table)", as: "authd", in: "authd")
                #expect(owned.succeeded && owned.output != "0\n", "\(table): \(owned)")
            }
            let changed = try await cluster.attempt(
                "UPDATE authd.users SET role = 'admin' RETURNING 1", as: "anon", in: "authd")
            #expect(changed.succeeded && changed.output.isEmpty, "\(changed)")
        }
    }

    /// Lends an empty server that asks for passwords, and an installation for production without settings of its own.
    private func withServer(
        _ body: (PostgresCluster, Installation) async throws -> Void
    ) async throws {
        let cluster = try await PostgresCluster.started(asksPasswords: true)
        let outcome: Result<Void, any Error>
        do {
            try await Installation.with(.sqlite, ["ENVIRONMENT": ""]) { try await body(cluster, $0) }
            outcome = .success(())
        } catch {
            outcome = .failure(error)
        }
        await cluster.remove()
        try outcome.get()
    }

    /// Runs SQL of a document as the superuser, with a password of this test in the place of `…`.
    private static func runSQL(
        _ text: String, on cluster: PostgresCluster, database: String = "postgres",
        in installation: Installation
    ) async throws {
        try installation.directory.write(try text.adapted([("…", password)]), to: "roles.sql")
        let outcome = try await cluster.shell(
            "psql -XqAt -v ON_ERROR_STOP=1 -d \(database) -f roles.sql", in: installation.directory)
        try #require(outcome.succeeded, "\(outcome)")
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

            let back = try await installation.authd("migrate", "down", "--to", "1", "--yes")
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
                ("postgres", PostgresCluster.password, "a superuser"),
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
        let services = try #require(try await YAMLFile.documents(of: "compose.yaml").first?["services"])

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
