// SPDX-License-Identifier: Apache-2.0

import AuthTestSupport
import Testing

/// The examples of API guides for FastAPI services, run by a shell as they are printed there: only the address, the
/// placeholders of tokens and the passwords that the policy refuses are replaced.
@Suite("Curl examples of API guides", .oneAtATime, .timeLimit(.minutes(10)))
struct GuideCommandTests {
    /// Stands for `password123` and `Pass123`, which are too common and too short.
    private static let password = "Pass-123-word"
    /// Stands for `NewPass123`, which has no symbol and is a common word with digits behind it.
    private static let newPassword = "NewPass-123-word"

    @Test("a guide's quick reference", arguments: DatabaseKind.allCases)
    func secondSeed(on database: DatabaseKind) async throws {
        try await Installation.with(database, ["ALLOWED_ORIGINS": "https://app.yourdomain.com"]) { installation in
            try await installation.serving { daemon in
                let shell = GuideShell(installation: installation, daemon: daemon)
                try await shell.run(
                    #"""
                    curl -X POST http://localhost:8000/api/v1/auth/register \
                      -H "Content-Type: application/json" \
                      -d '{"username":"user","email":"user@example.com","password":"Pass123"}'
                    """#, ["Pass123": Self.password]
                ).expect(201)
                let tokens = try await shell.run(
                    #"""
                    curl -X POST http://localhost:8000/api/v1/auth/login \
                      -H "Content-Type: application/json" \
                      -d '{"username":"user","password":"Pass123"}'
                    """#, ["Pass123": Self.password])
                tokens.expect(200)
                let access = try tokens.text("access_token")
                let me = try await shell.run(
                    #"""
                    curl -X GET http://localhost:8000/api/v1/users/me \
                      -H "Authorization: Bearer YOUR_ACCESS_TOKEN"
                    """#, ["YOUR_ACCESS_TOKEN": access])
                me.expect(200)
                #expect(try me.text("username") == "user")
                try await shell.run(
                    #"""
                    curl -X POST http://localhost:8000/api/v1/auth/refresh \
                      -H "Content-Type: application/json" \
                      -d '{"refresh_token":"YOUR_REFRESH_TOKEN"}'
                    """#, ["YOUR_REFRESH_TOKEN": try tokens.text("refresh_token")]
                ).expect(200)
                try await shell.run(
                    #"""
                    curl -X POST http://localhost:8000/api/v1/auth/password/change \
                      -H "Authorization: Bearer YOUR_ACCESS_TOKEN" \
                      -H "Content-Type: application/json" \
                      -d '{"current_password":"Pass123","new_password":"NewPass123"}'
                    """#,
                    [
                        "YOUR_ACCESS_TOKEN": access, #""Pass123""#: #""\#(Self.password)""#,
                        "NewPass123": Self.newPassword,
                    ]
                ).expect(200)
                try await checkDeployment(shell)
            }
        }
    }

    /// What a guide checks after a deployment, where `https://api.yourdomain.com` is the service.
    private func checkDeployment(_ shell: GuideShell) async throws {
        try await shell.run("curl https://api.yourdomain.com/api/v1/health").expect(200)
        try await shell.run("curl https://api.yourdomain.com/api/v1/health/database").expect(200)
        try await shell.run(
            #"""
            curl -X POST https://api.yourdomain.com/api/v1/auth/login \
              -H "Content-Type: application/json" \
              -d '{"username":"admin","password":"password"}'
            """#
        ).expectProblem(401, "invalid_credentials")
        let preflight = try await shell.run(
            #"""
            curl -X OPTIONS https://api.yourdomain.com/api/v1/auth/login \
              -H "Origin: https://app.yourdomain.com" \
              -H "Access-Control-Request-Method: POST"
            """#)
        #expect((200...204).contains(preflight.status), "\(preflight)")
        #expect(preflight[field: "access-control-allow-origin"] == "https://app.yourdomain.com")
        #expect(preflight[field: "access-control-allow-methods"]?.contains("POST") == true)
    }

    @Test(
        "weak passwords of a guide's examples are rejected with a field error",
        arguments: ["password123", "Pass123"])
    func refusedPasswords(password: String) async throws {
        try await Installation.with(.sqlite) { installation in
            try await installation.serving { daemon in
                let response = try await GuideShell(installation: installation, daemon: daemon).run(
                    #"""
                    curl -X POST "http://localhost:8000/api/v1/auth/register" \
                      -H "Content-Type: application/json" \
                      -d '{"username":"user","email":"user@example.com","password":"PASSWORD"}'
                    """#, ["PASSWORD": password])
                response.expectProblem(422, "validation_failed")
                #expect(try response.json["errors"]?.array?.first?["field"]?.string == "password", "\(response)")
            }
        }
    }

    @Test("a guide's examples with routes at the root", arguments: DatabaseKind.allCases)
    func fourthSeed(on database: DatabaseKind) async throws {
        try await Installation.with(database) { installation in
            try await installation.serving { daemon in
                let shell = GuideShell(installation: installation, daemon: daemon)
                let user = try await shell.run(
                    #"""
                    curl -X POST http://localhost:8000/auth/register \
                    -H "Content-Type: application/json" \
                    -d '{"email": "user@example.com", "password": "secretpass123", "full_name": "John Doe"}'
                    """#)
                user.expect(201)
                #expect(try user.text("full_name") == "John Doe")
                let tokens = try await shell.run(
                    #"""
                    curl -X POST http://localhost:8000/auth/login \
                    -H "Content-Type: application/json" \
                    -d '{"email": "user@example.com", "password": "secretpass123"}'
                    """#)
                tokens.expect(200)
                #expect(try tokens.text("token_type") == "bearer")
                let access = ["<your_access_token>": try tokens.text("access_token")]
                try await shell.run(
                    #"""
                    curl http://localhost:8000/protected/user \
                    -H "Authorization: Bearer <your_access_token>"
                    """#, access
                ).expect(200)
                try await shell.run("curl http://localhost:8000/public").expect(200)
                let admin =
                    #"curl http://localhost:8000/protected/admin -H "Authorization: Bearer <your_access_token>""#
                try await shell.run(admin, access).expectProblem(403)

                // The guide does this with an UPDATE of its table.
                let promoted = try await installation.authd("user", "promote", "user@example.com")
                #expect(promoted.succeeded, "\(promoted)")
                let again = try await daemon.send(
                    "POST", "/auth/login", json: #"{"email": "user@example.com", "password": "secretpass123"}"#)
                try await shell.run(admin, ["<your_access_token>": try again.text("access_token")]).expect(200)
            }
        }
    }

    @Test("a guide's routes and scopes", arguments: DatabaseKind.allCases)
    func thirdSeed(on database: DatabaseKind) async throws {
        try await Installation.with(database) { installation in
            try await installation.serving { daemon in
                let user = try await daemon.signUp("johndoe")
                func token(_ scope: String) async throws -> String {
                    let form = "username=johndoe&password=a+compiler+from+1952&scope=\(scope)"
                    let response = try await daemon.send("POST", "/token", form: form)
                    response.expect(200)
                    #expect(try response.text("token_type") == "bearer")
                    return try response.text("access_token")
                }

                let reader = try await token("items")
                let items = try await daemon.send("GET", "/users/me/items/", token: reader)
                items.expect(200)
                #expect(try items.json.array?.first?["owner"]?.string == user.id)
                let item = #"{"name": "Foo"}"#
                try await daemon.send("POST", "/items/", token: try await token("items:write"), json: item).expect(201)

                let refused = [
                    try await daemon.send("GET", "/users/me/items/", token: try await token("me")),
                    try await daemon.send("POST", "/items/", token: try await token("items:read"), json: item),
                ]
                for (response, scope) in zip(refused, ["items:read", "items:write"]) {
                    response.expectProblem(403, "insufficient_scope")
                    let challenge = response[field: "www-authenticate"] ?? ""
                    #expect(challenge.contains(#"error="insufficient_scope""#), "\(challenge)")
                    #expect(challenge.contains(#"scope="\#(scope)""#), "\(challenge)")
                }
                try await daemon.send("GET", "/users/me", token: try await token("me")).expect(200)
                try await daemon.send("POST", "/token", form: "username=johndoe&password=wrong")
                    .expectProblem(401, "invalid_credentials")
            }
        }
    }
}

/// A shell in which the guides' lines are typed.
private struct GuideShell {
    let installation: Installation
    let daemon: RunningDaemon

    /// Runs one example, after `replacements` in it, and gives the answer that it prints.
    func run(_ example: String, _ replacements: [String: String] = [:]) async throws -> Response {
        var text = example.replacing("localhost:8000", with: "localhost:\(daemon.port)")
            .replacing("https://api.yourdomain.com", with: daemon.base)
        for (old, new) in replacements.sorted(by: { $0.key < $1.key }) {
            try #require(text.contains(old), "\(old) is not in \(text)")
            text = text.replacing(old, with: new)
        }
        // The examples as they are would show the body alone.
        let outcome = try await installation.shell(text, before: #"curl() { command curl -sS -i --max-time 60 "$@"; }"#)
        try #require(outcome.succeeded, "\(outcome)")
        return try Response(outcome.output)
    }
}
