// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthHTTPServer
import AuthService
import AuthTesting
import HTTPTypes
import Testing

@testable import AuthHTTP

@Suite("Second factor over HTTP")
struct SecondFactorAnswerTests {
    @Test(
        "each route that signs in with a password refuses a user who needs a second factor, and hands out nothing",
        arguments: ["/auth/login", "/auth/login/form", "/auth/token", "/token"], [false, true])
    func refusesEveryRoute(path: String, inCookies: Bool) async throws {
        let factor = TestSecondFactor()
        let fixture = try await APIFixture(secondFactors: factor) {
            $0.publicURL = "https://auth.example.test"
        }
        _ = try await fixture.token("ada")
        factor.enroll(try await fixture.service.users.user(identifiedBy: .username(Username("ada"))).id)

        func signIn(_ password: String) async -> Seen {
            if path == "/auth/login" {
                return await fixture.send(
                    .post, path, #"{"username":"ada","password":"\#(password)","device_token":""}"#,
                    fields: inCookies ? ["x-auth-mode": "cookie", "origin": "https://auth.example.test"] : [:])
            }
            return await fixture.submit(
                path, "username=ada&password=\(password.replacing(" ", with: "+"))")
        }

        let seen = await signIn(TestAuthority.password)
        #expect(seen.status == 403 && seen.code == "second_factor_required", "\(seen.text)")
        #expect(!seen.holdsToken)
        #expect(seen.reply.httpResponse.headerFields[values: .setCookie].isEmpty)
        #expect(await signIn("not the password").code == "invalid_credentials")
    }
}
