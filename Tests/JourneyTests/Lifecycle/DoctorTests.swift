// SPDX-License-Identifier: Apache-2.0

import AuthTestSupport
import Foundation
import Testing

/// `authd doctor` beside daemons, databases, proxies and mail servers that are as it says.
@Suite("The doctor", .oneAtATime, .timeLimit(.minutes(10)))
struct DoctorTests {
    /// What the doctor found, by subject, each as `verdict: sentence`.
    private struct Report: CustomStringConvertible {
        let outcome: Command.Outcome
        private let lines: [(subject: String, text: String)]

        init(_ installation: Installation, _ arguments: String...) async throws {
            outcome = try await installation.run(["doctor", "--json"] + arguments)
            lines = try (JSONValue(parsing: outcome.output).array ?? []).map { finding in
                (
                    finding["subject"]?.string ?? "",
                    "\(finding["verdict"]?.string ?? ""): \(finding["finding"]?.string ?? "")"
                )
            }
        }

        var description: String { outcome.description }

        func about(_ subject: String) -> [String] {
            lines.filter { $0.subject == subject }.map(\.text)
        }

        func isOK(_ subjects: String...) -> Bool {
            subjects.allSatisfy { subject in
                let found = about(subject)
                return !found.isEmpty && found.allSatisfy { $0.hasPrefix("ok: ") }
            }
        }
    }

    @Test("finds no fault in an installation that runs", arguments: DatabaseKind.allCases)
    func healthy(on database: DatabaseKind) async throws {
        try await Installation.with(database) { installation in
            try await installation.serving { daemon in
                _ = try await daemon.signUp("grace")
                // The daemon was given its port by the system, after it had named its issuer.
                let report = try await Report(
                    installation.with(["PORT": daemon.port, "TOKEN_ISSUER": "http://localhost"]))
                #expect(report.outcome.succeeded, "\(report)")
                #expect(
                    report.isOK("files", "cookies", "daemon", "database", "signing key", "clock", "locks", "outbox"),
                    "\(report)")
                if database == .postgres { #expect(report.isOK("issuer", "database TLS"), "\(report)") }
            }
        }
    }

    @Test("names the process that keeps a SQLite file locked, and leaves a file of an earlier version as it is")
    func lockedFile() async throws {
        try await Installation.with(.sqlite) { installation in
            try await installation.serving { daemon in
                let path = installation.directory.file("authd.db")
                let program = """
                    import sqlite3, sys
                    connection = sqlite3.connect(sys.argv[1], isolation_level=None)
                    connection.execute("BEGIN IMMEDIATE")
                    print("held", flush=True)
                    sys.stdin.read()
                    """
                let holder = try ChildProcess(
                    ["/usr/bin/python3", "-c", program, path], environment: Command.environment,
                    directory: installation.directory.path)
                _ = await holder.progress { String(decoding: $0.output, as: UTF8.self).contains("held") }
                let pid = try #require(holder.pid)
                let report = try await Report(installation.with(["PORT": daemon.port]))
                #expect(report.outcome.end == .exited(1), "\(report)")
                #expect(
                    report.about("locks").first?.hasPrefix("fault: Process \(pid) (python3) keeps \(path) locked")
                        == true,
                    "\(report)")
                holder.closeInput()
                await holder.ended()
                #expect(try await Report(installation.with(["PORT": daemon.port])).isOK("locks"))
            }
            let status = try await installation.authd("migrate", "status", "--json")
            let versions = try #require(JSONValue(parsing: status.output).array).count
            let down = try await installation.authd("migrate", "down", "--to", "\(versions - 1)", "--yes")
            try #require(down.succeeded, "\(down)")
            let pending = try await Report(installation)
            #expect(
                pending.about("database").contains { $0.hasPrefix("fault: 1 migration is pending: ") }, "\(pending)")
            #expect(try await Report(installation).about("database") == pending.about("database"), "\(pending)")
        }
    }

    @Test("names the session that others wait for in PostgreSQL, and the daemon of another issuer")
    func lockedTable() async throws {
        try await Installation.with(.postgres) { installation in
            let cluster = try await PostgresCluster.shared
            let url = try #require(installation.settings["DATABASE_URL"])
            try await installation.serving(["TOKEN_ISSUER": "https://id.example"]) { daemon in
                let settings = installation.with(["PORT": daemon.port, "TOKEN_ISSUER": "https://other.example"])
                let foreign = try await Report(settings)
                #expect(foreign.outcome.end == .exited(1), "\(foreign)")
                #expect(
                    foreign.about("issuer").first?.contains(
                        "issues tokens of https://id.example and these settings say https://other.example") == true,
                    "\(foreign)")

                try await cluster.execute("CREATE TABLE public.notes (id bigint)", in: url)
                let holder = try await cluster.session(in: url)
                let other = try await cluster.session(in: url)
                try await holder.run("BEGIN; LOCK TABLE public.notes")
                async let waiting: Void = other.run("BEGIN; LOCK TABLE public.notes; ROLLBACK")
                var reports = 0
                var report = try await Report(settings)
                while report.isOK("locks"), reports < 100 {
                    reports += 1
                    report = try await Report(settings)
                }
                #expect(
                    report.about("locks").first?.hasPrefix("fault: 1 session waits for a lock, the first, process ")
                        == true, "\(report)")
                #expect(report.about("locks").first?.contains("(psql): end its transaction") == true, "\(report)")
                try await holder.run("ROLLBACK")
                try await waiting
                await holder.close()
                await other.close()
                let same = try await Report(settings.with(["TOKEN_ISSUER": "https://id.example"]))
                #expect(same.isOK("issuer", "locks"), "\(same)")
            }
        }
    }

    @Test("says what a proxy with TLS leaves out, when its certificate ends, and whom the daemon takes for its clients")
    func proxy() async throws {
        try await Installation.with(.sqlite, ["ENVIRONMENT": "production"]) { installation in
            let port = try LoopbackSocket.freePort()
            let certificate = try await Self.makeCertificate(days: 90, in: installation.directory)
            let base = "https://127.0.0.1:\(port)"
            let changes = ["PUBLIC_URL": base, "TRUSTED_PROXIES": "127.0.0.1"]
            try await installation.serving(changes) { daemon in
                let settings = installation.with(changes).with(["PORT": daemon.port])
                func throughNginx(_ lines: String, _ body: () async throws -> Void) async throws {
                    let nginx = try await Server.nginx(
                        """
                        server {
                            listen 127.0.0.1:\(port) ssl;
                            ssl_certificate \(certificate.certificate);
                            ssl_certificate_key \(certificate.key);
                            \(lines)
                            location / { proxy_pass http://127.0.0.1:\(daemon.port); }
                        }
                        """, port: port, in: installation.directory)
                    do {
                        try await body()
                    } catch {
                        await nginx.stop()
                        throw error
                    }
                    await nginx.stop()
                }
                try await throughNginx("") {
                    let report = try await Report(settings, "--ca-file", certificate.certificate)
                    #expect(report.isOK("certificate", "public address", "cookies"), "\(report)")
                    let proxy = report.about("proxy")
                    #expect(
                        proxy.first?.hasPrefix(
                            "fault: \(base)/health/database reaches the daemon without a forwarding field") == true,
                        "\(report)")
                    #expect(proxy.contains { $0.hasPrefix("warning: \(base)/health/database and \(base)/metrics ") })
                    // An authority that is not trusted is a fault of its own.
                    let untrusted = try await Report(settings)
                    #expect(
                        untrusted.about("public address").first?.hasPrefix(
                            "fault: \(base)/.well-known/jwks.json cannot")
                            == true, "\(untrusted)")
                    #expect(untrusted.about("certificate").isEmpty, "\(untrusted)")
                }
                let passing = """
                    proxy_set_header X-Forwarded-For 203.0.113.9;
                    location /metrics { return 404; }
                    location /health/database { return 404; }
                    """
                try await throughNginx(passing) {
                    let body =
                        #"{"username":"grace","email":"grace@example.com","password":"\#(RunningDaemon.password)"}"#
                    let made = try await daemon.curl([
                        "--cacert", certificate.certificate, "-H", "Content-Type: application/json", "-d", body,
                        base + "/auth/register",
                    ])
                    try #require(made.succeeded && made.output.contains(" 201"), "\(made)")
                    let report = try await Report(settings, "--ca-file", certificate.certificate)
                    #expect(report.isOK("proxy", "certificate", "public address"), "\(report)")
                    #expect(report.about("proxy").first?.contains("clients of 1 address") == true, "\(report)")
                }
            }
        }
    }

    /// Makes a certificate of this host that proves itself, and its key.
    private static func makeCertificate(
        days: Int, in directory: TemporaryDirectory
    ) async throws -> (key: String, certificate: String) {
        let (key, certificate) = (directory.file("key.pem"), directory.file("cert.pem"))
        try await Command(
            "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days",
            "\(days)", "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out",
            certificate
        ).succeed()
        return (key, certificate)
    }

    @Test("says which setting a mail server that cannot be reached needs, and which file cannot be used")
    func mailAndFiles() async throws {
        try await Installation.with(.sqlite) { installation in
            _ = try await installation.authd("migrate")
            let port = try LoopbackSocket.freePort()
            let report = try await Report(
                installation.with([
                    "SMTP_HOST": "127.0.0.1", "SMTP_PORT": "\(port)", "SMTP_SECURITY": "none",
                    "EMAILS_FROM_EMAIL": "authd@example.com", "BREACHED_PASSWORDS_FILE": "absent.txt",
                ]))
            #expect(report.outcome.end == .exited(1), "\(report)")
            #expect(
                report.about("mail").first?.hasPrefix("fault: SMTP_HOST 127.0.0.1:\(port) cannot be reached") == true,
                "\(report)")
            #expect(report.about("files").first?.contains("absent.txt") == true, "\(report)")
        }
    }
}
