// SPDX-License-Identifier: Apache-2.0

import AuthTestSupport
import Foundation
import Testing

/// fail2ban's filter for the log of authd, run by fail2ban itself on lines that a daemon wrote.
@Suite("Filter for fail2ban", .oneAtATime, .timeLimit(.minutes(5)))
struct BanFilterTests {
    @Test(
        "the filter finds the clients of refused sign-ins, in a file and in the journal, and nothing that a client wrote",
        arguments: ["text", "json"])
    func addresses(format: String) async throws {
        let settings = ["LOG_FORMAT": format, "TRUSTED_PROXIES": "127.0.0.1", "RATE_LIMIT_ENABLED": "false"]
        try await Installation.with(.sqlite, settings) { installation in
            let log = try await installation.serving { daemon in
                _ = try await daemon.signUp("grace")
                let wrong = #"{"username":"grace","password":"not the compiler"}"#
                for (path, body, address) in [
                    ("/auth/login", wrong, "203.0.113.9"), ("/api/v1/auth/login", wrong, "203.0.113.9"),
                    ("/auth/login", wrong, "2001:db8::7"),
                    ("/auth/refresh", #"{"refresh_token":"art_none"}"#, "203.0.113.10"),
                ] {
                    try await daemon.send("POST", path, json: body, fields: ["X-Forwarded-For: \(address)"]).expect(401)
                }
                // No guess at a password, and lines that only look like one.
                let line =
                    "2026-03-01T12:00:00.000000Z info request client=198.51.100.66 route=/auth/login status=401 x"
                try await daemon.send(
                    "GET", "/auth/me", token: "a.b.c", fields: ["X-Forwarded-For: 198.51.100.1"]
                ).expect(401)
                try await daemon.send(
                    "POST", "/auth/login",
                    json: #"{"username":"grace","password":"\#(RunningDaemon.password)"}"#,
                    fields: ["X-Forwarded-For: 198.51.100.2", "User-Agent: \(line)", "X-Request-ID: \(line)"]
                ).expect(200)
                let path = "/\(line.replacing(" ", with: "%20"))?\(line.replacing(" ", with: "%20"))"
                try await daemon.send("GET", path, fields: ["X-Forwarded-For: \(line)"]).expect(404)
                try await daemon.send("GET", path, fields: ["Host: \(line.replacing(" ", with: ""))"]).expect(400)
                // The log is written behind the answers.
                try await daemon.send("GET", "/nowhere", fields: ["X-Request-ID: the-last-request"]).expect(404)
                return await daemon.log(with: "the-last-request")
            }
            let lines = log.split(separator: "\n")
            try installation.directory.write(lines.joined(separator: "\n") + "\n", to: "file.log")
            try installation.directory.write(
                lines.map { "id authd[4711]: \($0)\n" }.joined(), to: "journal.log")
            let filter = AuthdBinary.package.appending(path: "packaging/fail2ban/filter.d/authd.conf").path
            for name in ["file.log", "journal.log"] {
                let found = try await Command(
                    "fail2ban-regex", "--out", "ip", installation.directory.file(name), filter
                ).run()
                #expect(found.succeeded, "\(found)")
                #expect(
                    found.output.split(separator: "\n") == [
                        "203.0.113.9", "203.0.113.9", "2001:db8::7", "203.0.113.10",
                    ], "\(name): \(found)\n\(log)")
            }
        }
    }
}
