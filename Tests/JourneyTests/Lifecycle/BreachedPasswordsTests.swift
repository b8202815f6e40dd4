// SPDX-License-Identifier: Apache-2.0

import AuthTestSupport
import Testing

/// A list of breached passwords beside a daemon that serves.
@Suite("Breached passwords", .oneAtATime, .timeLimit(.minutes(10)))
struct BreachedPasswordsTests {
    // ASVS 6.2.12
    @Test("a listed password is rejected with its code, another one is accepted")
    func refused() async throws {
        try await Installation.with(.sqlite) { installation in
            // In the middle stands the digest of `nanoseconds of wire`.
            let digests = [
                String(repeating: "0", count: 40), "DB971C36CBBBFD4FC08B7ECE1C93D6B053173752",
                String(repeating: "F", count: 40),
            ]
            try installation.directory.write(digests.map { "\($0):7\n" }.joined(), to: "breached.txt")
            let path = installation.directory.file("breached.txt")
            try await installation.serving(["BREACHED_PASSWORDS_FILE": path]) { daemon in
                func register(_ password: String) async throws -> Response {
                    try await daemon.send(
                        "POST", "/auth/register", json: #"{"username":"grace","password":"\#(password)"}"#)
                }

                let refused = try await register("nanoseconds of wire")
                refused.expectProblem(422, "validation_failed")
                #expect(refused.body.contains("breached_password"), "\(refused)")
                try await register("nanoseconds of a wire").expect(201)
            }
        }
    }
}
