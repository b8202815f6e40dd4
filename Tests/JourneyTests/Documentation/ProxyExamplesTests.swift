// SPDX-License-Identifier: Apache-2.0

import AuthTestSupport
import Foundation
import Testing

/// The proxies of `docs/deployment.md`, run with the page's own text.
@Suite("Documented proxies", .oneAtATime, .timeLimit(.minutes(10)))
struct ProxyExamplesTests {
    private static var page: MarkdownPage {
        get throws { MarkdownPage(try AuthdBinary.text(of: "docs/deployment.md")) }
    }

    private static let settings = ["TRUSTED_PROXIES": "127.0.0.1", "RATE_LIMIT_ENABLED": "false"]

    @Test("nginx with TLS serves clients, hides the routes for monitoring and passes the client's address on")
    func nginxWithTLS() async throws {
        try await Installation.with(.sqlite, Self.settings) { installation in
            let (port, plainPort) = (try LoopbackSocket.freePort(), try LoopbackSocket.freePort())
            let (key, certificate) = try await Self.makeCertificate(for: "id.example.com", in: installation.directory)
            let outside = "https://id.example.com:\(port)"
            try await installation.serving(["PUBLIC_URL": outside, "ENVIRONMENT": "production"]) { daemon in
                let text = try Self.page.text("TLS and nginx #1").adapted([
                    ("127.0.0.1:8000", "127.0.0.1:\(daemon.port)"), ("listen 443", "listen 127.0.0.1:\(port)"),
                    ("listen 80;", "listen 127.0.0.1:\(plainPort);"),
                    ("/etc/ssl/id.example.com.pem", certificate), ("/etc/ssl/id.example.com.key", key),
                ])
                let nginx = try await Server.nginx(text, port: port, in: installation.directory)
                @Sendable func through(_ path: String, _ arguments: String...) async throws -> Response {
                    let outcome = try await daemon.curl(
                        [
                            "--http1.1", "--cacert", certificate, "--resolve", "id.example.com:\(port):127.0.0.1",
                            "-H", "Content-Type: application/json", "-H", "X-Forwarded-For: 198.51.100.7",
                        ] + arguments + [outside + path])
                    guard outcome.succeeded else { throw Failure("\(path): \(outcome)") }
                    return try Response(outcome.output)
                }
                let password = RunningDaemon.password
                try await through(
                    "/auth/register", "-d",
                    #"{"username":"grace","email":"grace@example.com","password":"\#(password)"}"#
                ).expect(201)
                let tokens = try await through("/auth/login", "-d", #"{"username":"grace","password":"\#(password)"}"#)
                tokens.expect(200)
                let token = try tokens.text("access_token")
                try await through("/auth/me", "-H", "Authorization: Bearer \(token)").expect(200)
                let cookies = try await through(
                    "/auth/login", "-H", "X-Auth-Mode: cookie", "-H", "Origin: \(outside)", "-H",
                    "Sec-Fetch-Site: same-origin", "-d", #"{"username":"grace","password":"\#(password)"}"#)
                #expect(cookies.status == 200, "\(cookies)")
                #expect(cookies[field: "set-cookie"]?.contains("__Host-") == true, "\(cookies)")
                #expect(cookies[field: "strict-transport-security"] != nil, "\(cookies)")
                for hidden in [
                    "/metrics", "/metrics/", "/health/database", "/api/v1/metrics", "/api/v1/health/database/",
                ] {
                    try await through(hidden).expect(404, hidden)
                }
                let health = try await through("/health")
                health.expect(200)
                let tooLarge = try await through(
                    "/auth/login", "-d", "{\"x\":\"\(String(repeating: "a", count: 70_000))\"}")
                tooLarge.expect(413)
                // One field on every answer, of authd or of nginx.
                for response in [health, tooLarge, try await through("/metrics"), try await through("/auth/me")] {
                    #expect(
                        response.values(of: "strict-transport-security") == ["max-age=31536000; includeSubDomains"],
                        "\(response)")
                }
                try await Self.expectRedirect(to: "https://id.example.com", from: plainPort, daemon)

                // What the client claimed about its address counts for nothing.
                let administrator = try await installation.administrator(of: daemon)
                let audit = try await daemon.send("GET", "/audit?limit=50", token: administrator.access)
                #expect(!audit.body.contains("198.51.100.7"), "\(audit)")
                #expect(audit.body.contains("127.0.0.1"), "\(audit)")
                await nginx.stop()
            }
        }
    }

    /// Expects that the server of port 80 leads browsers on and refuses what was sent in clear but must not be.
    private static func expectRedirect(to base: String, from port: UInt16, _ daemon: RunningDaemon) async throws {
        func plainly(_ arguments: String...) async throws -> Response {
            let outcome = try await daemon.curl(
                ["-H", "Host: id.example.com"] + arguments + ["http://127.0.0.1:\(port)/auth/me?x=1&y=%2F"])
            guard outcome.succeeded else { throw Failure("\(outcome)") }
            return try Response(outcome.output)
        }
        let led = try await plainly()
        led.expect(308)
        #expect(led[field: "location"] == base + "/auth/me?x=1&y=%2F", "\(led)")
        // Another name that a client gives leads to no other host.
        let foreign = try await plainly("-H", "Host: evil.example")
        #expect(foreign[field: "location"]?.hasPrefix(base) == true, "\(foreign)")
        try await plainly("-d", #"{"username":"grace","password":"\#(RunningDaemon.password)"}"#).expect(403)
        try await plainly("-H", "Authorization: Bearer a.b.c").expect(403)
    }

    /// Makes a certificate that proves itself, and its key.
    private static func makeCertificate(
        for name: String, in directory: TemporaryDirectory
    ) async throws -> (key: String, certificate: String) {
        let (key, certificate) = (directory.file("key.pem"), directory.file("cert.pem"))
        try await Command(
            "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
            "-subj", "/CN=\(name)", "-addext", "subjectAltName=DNS:\(name)", "-keyout", key, "-out", certificate
        ).succeed()
        return (key, certificate)
    }

    @Test("behind nginx, cookies open a service of the same host, browsers are led to the login page, programs get 401")
    func loginPage() async throws {
        try await Installation.with(.sqlite, Self.settings) { installation in
            let directory = installation.directory
            let port = try LoopbackSocket.freePort()
            let (key, certificate) = try await Self.makeCertificate(for: "app.example.com", in: directory)
            let service = try await Server.echo(in: directory)
            // Where the tests run as root, nginx reads as another user.
            try await Command("chmod", "711", directory.path).succeed()
            let login = try AuthdBinary.text(of: "packaging/login.html")
            try directory.write(login, to: "login.html", permissions: 0o644)
            // The page's port is 443, which no URL names.
            let outside = "https://app.example.com"
            try await installation.serving(["PUBLIC_URL": outside, "ENVIRONMENT": "production"]) { daemon in
                let text = try Self.page.text("Cookies and a login page #1").adapted([
                    ("127.0.0.1:8000", "127.0.0.1:\(daemon.port)"), ("127.0.0.1:9000", "127.0.0.1:\(service.port)"),
                    ("listen 443", "listen 127.0.0.1:\(port)"), ("/etc/ssl/app.example.com.pem", certificate),
                    ("/etc/ssl/app.example.com.key", key), ("/var/www/app/login.html", directory.file("login.html")),
                ])
                let nginx = try await Server.nginx(text, port: port, in: directory)
                @Sendable func browse(_ path: String, _ arguments: String...) async throws -> Response {
                    let outcome = try await daemon.curl(
                        [
                            "--http1.1", "--cacert", certificate, "--connect-to",
                            "app.example.com:443:127.0.0.1:\(port)",
                            "-b", directory.file("jar"), "-c", directory.file("jar"),
                        ] + arguments + [outside + path])
                    guard outcome.succeeded else { throw Failure("\(path): \(outcome)") }
                    return try Response(outcome.output)
                }
                _ = try await daemon.signUp("grace")

                let led = try await browse("/items/1?page=2&next=https://evil.example", "-H", "Accept: text/html,*/*")
                led.expect(303)
                #expect(
                    led[field: "location"] == "/login?next=/items/1?page=2&next=https://evil.example", "\(led)")
                let page = try await browse("/login?next=/items/1", "-H", "Accept: text/html")
                #expect(page.status == 200 && page.body == login, "\(page)")
                #expect(page[field: "content-type"] == "text/html", "\(page)")
                let program = try await browse("/items/1", "-H", "Accept: application/json")
                program.expect(401)
                #expect(program[field: "www-authenticate"]?.hasPrefix("Bearer") == true, "\(program)")

                try await browse(
                    "/auth/login", "-H", "Content-Type: application/json", "-H", "X-Auth-Mode: cookie", "-H",
                    "Origin: \(outside)", "-H", "Sec-Fetch-Site: same-origin", "-d",
                    #"{"username":"grace","password":"\#(RunningDaemon.password)"}"#
                ).expect(200)
                let opened = try await browse("/items/1", "-H", "Accept: text/html", "-H", "X-Auth-Role: admin")
                opened.expect(200)
                #expect(opened.body.contains("x-auth-username: grace\n"), "\(opened)")
                #expect(opened.body.contains("x-auth-role: user\n"), "\(opened)")
                #expect(!opened.body.contains("authd_refresh") && !opened.body.contains("\ncookie:"), "\(opened)")
                // One field on every answer, of authd, of the service or of nginx.
                let me = try await browse("/auth/me")
                for response in [led, page, program, opened, me, try await browse("/nothing")] {
                    #expect(
                        response.values(of: "strict-transport-security") == ["max-age=31536000; includeSubDomains"],
                        "\(response)")
                }

                // The cookies are good for a page of this site alone.
                for origin in ["https://evil.example", "https://app.example.com.evil.example", "null"] {
                    try await browse("/items/1", "-H", "Origin: \(origin)", "-X", "POST", "-d", "x=1").expect(
                        403, origin)
                }
                // The service of this test answers GET alone, and says so of a POST that reaches it.
                try await browse("/items/1", "-H", "Origin: \(outside)", "-X", "POST", "-d", "x=1").expect(501)

                // In a browser a user is led to the page, signs in, and is led back.
                let typing = """
                    const show = document.querySelector("main");
                    new MutationObserver(() => {
                      form.username.value = "grace";
                      form.password.value = "\(RunningDaemon.password)";
                      form.requestSubmit();
                    }).observe(show, {attributes: true});
                    </script>
                    """
                try directory.write(
                    login.adapted([("  start();\n</script>\n", "start();\n\(typing)\n")]), to: "login.html",
                    permissions: 0o644)
                for (start, words, foreign) in [
                    (outside + "/items/1?page=2&x=y", "x-auth-username: grace", "role=\"alert\""),
                    // It leads to no other site.
                    (outside + "/login?next=//evil.example/", "<html", "evil.example"),
                ] {
                    let shown = try await Browser.open(
                        start, in: directory, profile: "profile-\(start.count)",
                        hosts: "MAP app.example.com 127.0.0.1:\(port), MAP * ~NOTFOUND", "--ignore-certificate-errors")
                    #expect(shown.contains(words), "\(start): \(shown)")
                    #expect(!shown.contains(foreign) && !shown.contains("<form>"), "\(start): \(shown)")
                }
                await nginx.stop()
            }
            await service.stop()
        }
    }

    @Test("nginx asks before it passes a request on, and the service can believe the fields that it gets")
    func nginxAsksFirst() async throws {
        try await asksFirst("nginx #1", passesUnderscores: false) { text, port, directory in
            try await Server.nginx("server { listen 127.0.0.1:\(port); \(text) }", port: port, in: directory)
        }
    }

    @Test("Caddy asks before it passes a request on, and the service can believe the fields that it gets")
    func caddyAsksFirst() async throws {
        try await asksFirst("Caddy #1", passesUnderscores: true) { text, port, directory in
            try await Self.caddy(text, port: port, in: directory)
        }
    }

    @Test(
        "an answer that the client did not cause is 500 with nginx and goes to the client with Caddy",
        arguments: [400, 431, 503])
    func faults(_ status: Int) async throws {
        let text = try AuthdBinary.text(of: "docs/deployment.md")
        let row = try #require(text.split(separator: "\n").first { $0.hasPrefix("| \(status) |") })
        #expect(row.contains("| 500 | the client gets it"), "\(row)")
        let directory = try TemporaryDirectory()
        defer { directory.remove() }
        let stub = try await Server.answering(status, in: directory)
        let nginxPort = try LoopbackSocket.freePort()
        let asking = try Self.page.text("nginx #1").adapted([("127.0.0.1:8000", "127.0.0.1:\(stub.port)")])
        let nginx = try await Server.nginx(
            "server { listen 127.0.0.1:\(nginxPort); \(asking) }", port: nginxPort, in: directory)
        let caddyPort = try LoopbackSocket.freePort()
        let asked = try Self.page.text("Caddy #1").adapted([("127.0.0.1:8000", "127.0.0.1:\(stub.port)")])
        let caddy = try await Self.caddy(asked, port: caddyPort, in: directory)

        let byNginx = try await Command("curl", "-sS", "-i", "--max-time", "60", nginx.base + "/items/1").succeed()
        let byCaddy = try await Command("curl", "-sS", "-i", "--max-time", "60", caddy.base + "/items/1").succeed()

        #expect(try Response(byNginx).status == 500, "\(byNginx)")
        #expect(try Response(byCaddy).status == status, "\(byCaddy)")
        #expect(try Response(byCaddy)[field: "retry-after"] == "7", "\(byCaddy)")
        await nginx.stop()
        await caddy.stop()
        await stub.stop()
    }

    private static func caddy(_ text: String, port: UInt16, in directory: TemporaryDirectory) async throws -> Server {
        let site = try text.adapted([("app.example.com {", "http://127.0.0.1:\(port) {")])
        try directory.write("{\n\tadmin off\n\tauto_https off\n}\n" + site, to: "Caddyfile")
        return try await Server(
            ["caddy", "run", "--adapter", "caddyfile", "--config", directory.file("Caddyfile")], port: port,
            directory: directory)
    }

    /// Runs a proxy with a block of the page between a client, the daemon and a service that shows what it is sent.
    private func asksFirst(
        _ block: String, passesUnderscores: Bool,
        _ start: @Sendable (_ text: String, _ port: UInt16, _ directory: TemporaryDirectory) async throws -> Server
    ) async throws {
        try await Installation.with(.sqlite, Self.settings) { installation in
            let service = try await Server.echo(in: installation.directory)
            try await installation.serving { daemon in
                let text = try Self.page.text(block).adapted([
                    ("127.0.0.1:8000", "127.0.0.1:\(daemon.port)"), ("127.0.0.1:9000", "127.0.0.1:\(service.port)"),
                ])
                let proxy = try await start(text, LoopbackSocket.freePort(), installation.directory)
                let grace = try await daemon.signUp("grace")
                @Sendable func through(_ fields: String...) async throws -> Response {
                    let forged = [
                        "X-Auth-User-ID: 1", "X-Auth-Username: root", "X-Auth-Email: root@example.com",
                        "X-Auth-Role: admin", "X-Auth-Scope: *",
                    ]
                    let outcome = try await daemon.curl(
                        (fields + forged).flatMap { ["-H", $0] } + [proxy.base + "/items/1"])
                    guard outcome.succeeded else { throw Failure("\(outcome)") }
                    return try Response(outcome.output)
                }
                let stranger = try await through()
                stranger.expect(401)
                #expect(stranger[field: "www-authenticate"]?.hasPrefix("Bearer") == true, "\(stranger)")
                try await through("Authorization: Bearer a.b.c").expect(401)

                let passed = try await through("Authorization: Bearer \(grace.access)")
                passed.expect(200)
                let seen = passed.body.split(separator: "\n").filter { $0.hasPrefix("x-auth-") }
                #expect(
                    Set(seen) == [
                        "x-auth-user-id: \(grace.id)", "x-auth-username: grace", "x-auth-email: grace@example.com",
                        "x-auth-role: user", "x-auth-scope: \(try await Self.scope(of: grace, at: daemon))",
                    ], "\(passed)")

                // Where a service reads headers as CGI variables, this name and that of the role are one.
                let disguised = try await through("Authorization: Bearer \(grace.access)", "X_Auth_Role: admin")
                #expect(disguised.body.contains("x_auth_role: admin") == passesUnderscores, "\(disguised)")

                // What authd leaves out, the client must not be able to put in its place.
                let address = "no-name@example.com"
                try await daemon.send(
                    "POST", "/auth/register", json: #"{"email":"\#(address)","password":"\#(RunningDaemon.password)"}"#
                ).expect(201)
                let nameless = try await through("Authorization: Bearer \(daemon.signIn(address).access)")
                nameless.expect(200)
                #expect(nameless.body.contains("x-auth-email: \(address)\n"), "\(nameless)")
                #expect(!nameless.body.contains("x-auth-username"), "\(nameless)")

                // A token that is good for something else.
                let narrow = try await daemon.send(
                    "POST", "/auth/token",
                    form: "username=grace&password=\(RunningDaemon.password.replacing(" ", with: "+"))&scope=me")
                try await through("Authorization: Bearer \(try narrow.text("access_token"))").expect(403)

                await proxy.stop()
            }
            await service.stop()
        }
    }

    private static func scope(of user: SignedIn, at daemon: RunningDaemon) async throws -> String {
        try #require(try await daemon.send("GET", "/auth/verify", token: user.access)[field: "x-auth-scope"])
    }

    @Test("the Traefik example takes away and passes on the fields that forward-auth answers with")
    func traefik() async throws {
        let text = try Self.page.text("Traefik #1")
        let removed = text.split(separator: "\n").compactMap { line -> String? in
            let parts = line.split(separator: ":")
            return line.hasSuffix(#": """#)
                ? parts.first.map { $0.trimmingCharacters(in: .whitespaces).lowercased() } : nil
        }
        let passedOn = try #require(text.split(separator: "authResponseHeaders: [").last?.split(separator: "]").first)
            .split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces).lowercased() }

        try await Installation.with(.sqlite) { installation in
            try await installation.serving { daemon in
                let grace = try await daemon.signUp("grace")
                let outcome = try await daemon.curl(
                    ["-H", "Authorization: Bearer \(grace.access)", daemon.base + "/auth/verify?scope=items:read"])
                let names = outcome.output.lowercased().split(separator: "\r\n").compactMap { line in
                    line.split(separator: ":").first.map { String($0) }
                }
                let answered = names.filter { $0.hasPrefix("x-auth-") }

                #expect(Set(removed) == Set(answered), "\(outcome)")
                #expect(Set(passedOn) == Set(answered), "\(outcome)")
            }
        }
    }
}
