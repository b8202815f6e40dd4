// SPDX-License-Identifier: Apache-2.0

import Testing

/// The limit that holds in production without any setting.
@Suite("Limits on one source", .oneAtATime, .timeLimit(.minutes(10)))
struct RateLimitTests {
    private static let limit = ["RATE_LIMIT_SIGN_IN": "10/60s"]

    // ASVS 6.3.1
    @Test("brute force is answered 429 with Retry-After; signed-in users are not affected")
    func signIn() async throws {
        try await Installation.with(.sqlite, Self.limit) { installation in
            try await installation.serving { daemon in
                let grace = try await daemon.signUp("grace")
                var response = try await guess(daemon)
                #expect(response[field: "ratelimit-limit"].flatMap(Int.init) != nil, "\(response)")
                for _ in 0..<100 where response.status == 401 { response = try await guess(daemon) }

                response.expectProblem(429, "rate_limited")
                #expect(response[field: "ratelimit-remaining"] == "0", "\(response)")
                // The right password and the form are counted with the wrong ones. On a slow machine a request of the
                // allowance may have come back meanwhile.
                response = try await signInByForm(daemon)
                for _ in 0..<100 where response.status == 200 { response = try await signInByForm(daemon) }
                response.expectProblem(429, "rate_limited")
                try await daemon.send("GET", "/auth/me", token: grace.access).expect(200)
            }
        }
    }

    // Behaviour H114
    @Test("an untrusted source cannot pretend to be many")
    func forwardedForIsNotBelieved() async throws {
        try await Installation.with(.sqlite, Self.limit) { installation in
            try await installation.serving { daemon in
                var response = try await guess(daemon, from: "203.0.113.1")
                for number in 2..<100 where response.status == 401 {
                    response = try await guess(daemon, from: "203.0.113.\(number)")
                }
                response.expectProblem(429, "rate_limited")
            }
        }
    }

    private func signInByForm(_ daemon: RunningDaemon) async throws -> Response {
        try await daemon.send("POST", "/token", form: "username=grace&password=a+compiler+from+1952")
    }

    private func guess(_ daemon: RunningDaemon, from source: String? = nil) async throws -> Response {
        try await daemon.send(
            "POST", "/auth/login", json: #"{"username":"grace","password":"a wrong guess"}"#,
            fields: source.map { ["X-Forwarded-For: \($0)"] } ?? [])
    }
}
