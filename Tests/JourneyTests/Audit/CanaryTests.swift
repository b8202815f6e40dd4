// SPDX-License-Identifier: Apache-2.0

import AuthTestSupport
import Foundation
import Testing

/// Secrets that are easy to recognise, used in every way, and then looked for wherever they must not be.
@Suite("Secrets in logs and databases", .oneAtATime, .timeLimit(.minutes(10)))
struct CanaryTests {
    private static let rootKey = "a1c9e07b5d23f84612ee90b7c4d8536fb02a7e91cd4f6583190bda7ce2f5648d"
    private static let secretKey = "5e0b7f92ac41d6833c7790e1fb25ad486f1ce93b08d27a54be61c30f9d84a7e2"
    private static let passwords = (
        first: "canary first passphrase", changed: "canary changed passphrase", reset: "canary reset passphrase",
        wrong: "canary wrong passphrase"
    )

    // Behaviour C44
    @Test("no secret is in the log, the audit log or the database", arguments: DatabaseKind.allCases)
    func canaries(on database: DatabaseKind) async throws {
        let settings = [
            "ALGORITHM": "HS256", "SECRET_KEY": Self.secretKey, "ROOT_KEY": Self.rootKey, "LOG_LEVEL": "trace",
            "RATE_LIMIT_ENABLED": "false", "DATABASE_ECHO": "true",
        ]
        try await Installation.with(database, settings) { installation in
            var places: [(name: String, text: String)] = []
            let (canaries, log) = try await installation.serving { daemon in
                let canaries = try await Self.useSecrets(daemon)
                let root = try await installation.administrator(of: daemon)
                let audit = try await daemon.send("GET", "/audit?limit=100", token: root.access)
                audit.expect(200)
                #expect(audit.body.contains("password_reset"), "the audit log is not what was looked at")
                places.append(("audit log", audit.body))
                // While the daemon runs, so that what is only in the journal is looked at too.
                places += try await installation.contents()
                let log = await daemon.log
                places.append(("log", log))
                return (canaries, log)
            }
            places += try await installation.contents()
            #expect(places.contains { $0.text.contains("canary-user") }, "nothing was found at all")
            // Statements are there, and none of their values.
            #expect(log.contains(" debug statement sql=") && log.contains("INSERT INTO authd.users"))
            #expect(!log.contains("canary-user"))

            for (name, text) in places {
                for (canary, spelling) in canaries.flatMap(\.spellings) {
                    #expect(!text.contains(spelling), "\(canary) stands in the \(name)")
                }
            }
        }
    }

    /// Uses every kind of secret, also where it is refused or in the wrong place.
    private static func useSecrets(_ daemon: RunningDaemon) async throws -> [Canary] {
        var canaries = [
            Canary("SECRET_KEY", secretKey), Canary("the root key", rootKey), Canary("a password", passwords.first),
            Canary("a changed password", passwords.changed), Canary("a reset password", passwords.reset),
            Canary("a wrong password", passwords.wrong),
        ]
        func keep(_ name: String, _ token: String) -> String {
            canaries.append(Canary(name, token))
            // What is bound to the secret may be found by less than all of it.
            if let end = token.split(separator: ".").last, token.contains(".") {
                canaries.append(Canary("\(name)'s signature", String(end)))
            }
            return token
        }
        func post(_ path: String, _ json: String, token: String? = nil) async throws -> Response {
            try await daemon.send("POST", path, token: token, json: json)
        }
        let email = "canary-user@example.com"
        try await post(
            "/auth/register",
            #"{"username":"canary-user","email":"\#(email)","password":"\#(passwords.first)"}"#
        ).expect(201)
        let login = #"{"username":"canary-user","password":"\#(passwords.first)"}"#
        let tokens = try await post("/auth/login", login)
        let access = keep("an access token", try tokens.text("access_token"))
        let refresh = keep("a refresh token", try tokens.text("refresh_token"))
        try await post("/auth/login", #"{"username":"canary-user","password":"\#(passwords.wrong)"}"#).expect(401)
        let refreshed = try await post("/auth/refresh", #"{"refresh_token":"\#(refresh)"}"#)
        let nextAccess = keep("a refreshed access token", try refreshed.text("access_token"))
        let next = keep("a second refresh token", try refreshed.text("refresh_token"))
        _ = keep(
            "a third refresh token",
            try await post("/auth/refresh", #"{"refresh_token":"\#(next)"}"#).text("refresh_token"))
        try await post("/auth/refresh", #"{"refresh_token":"\#(next)x"}"#).expectProblem(401)
        try await daemon.send("GET", "/auth/me", token: access + "x").expectProblem(401)
        // In the query, where it must not stand, it is not logged either.
        _ = try await daemon.send("GET", "/auth/me?access_token=\(access)")

        let resent = try await daemon.send("POST", "/auth/email/verification/request", token: nextAccess)
        let verification = keep("a verification token", try daemon.mailedToken(resent))
        try await post("/auth/email/verification/confirm", #"{"token":"\#(verification)"}"#).expect(200)

        let change = #"{"current_password":"\#(passwords.first)","new_password":"\#(passwords.changed)"}"#
        try await post("/auth/password/change", change, token: nextAccess).expect(200)
        let asked = try await post("/auth/password/reset/request", #"{"email":"\#(email)"}"#)
        let reset = keep("a reset token", try daemon.mailedToken(asked))
        let confirmation = #"{"token":"\#(reset)","new_password":"\#(passwords.reset)"}"#
        try await post("/auth/password/reset/confirm", confirmation).expect(200)
        try await post("/auth/password/reset/confirm", confirmation).expectProblem(400)
        return canaries
    }
}

/// A secret and the ways in which it could have been written.
private struct Canary {
    let name: String
    let secret: String

    init(_ name: String, _ secret: String) {
        self.name = name
        self.secret = secret
    }

    var spellings: [(name: String, spelling: String)] {
        let octets = Array(secret.utf8)
        let hexadecimal = octets.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
        let encoded = secret.replacing(" ", with: "%20")
        let base64 = Data(octets).base64EncodedString().replacing("=", with: "").dropLast(1)
        return Set([secret, hexadecimal, encoded, String(base64)]).map { (name, $0) }
    }
}

extension Installation {
    /// The whole database, as bytes that count as text.
    fileprivate func contents() async throws -> [(name: String, text: String)] {
        if let url = settings["DATABASE_URL"] {
            return [("database", try await PostgresCluster.shared.dump(url))]
        }
        return try ["authd.db", "authd.db-wal"].compactMap { name in
            let path = directory.file(name)
            guard FileManager.default.fileExists(atPath: path) else { return nil }
            let octets = try Data(contentsOf: URL(fileURLWithPath: path))
            return (name, String(decoding: octets, as: UTF8.self))
        }
    }
}
