// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthHTTPServer
import AuthTesting
import HTTPTypes
import Testing

@testable import AuthHTTP

@Suite("Limits for development") struct DevelopmentLimitTests {
    @Test("let a person register and sign in again and again")
    func isWide() async throws {
        let fixture = try await APIFixture { $0.limits = .development }

        for number in 0..<30 {
            let person = #"{"username":"person-\#(number)","password":"\#(TestAuthority.password)"}"#
            #expect(await fixture.send(.post, "/auth/register", person).status == 201)
            #expect(await fixture.send(.post, "/auth/login", person).status == 200)
        }
    }

    @Test(
        "count changes of one's own profile apart from sign-ins, unless they bring a password",
        arguments: [true, false])
    func profile(isDevelopment: Bool) async throws {
        let fixture = try await APIFixture {
            $0.limits = isDevelopment ? .development : RateLimits()
            $0.limits.rules[.signIn] = .init(2, per: .seconds(3_600))
        }
        let token = try await fixture.token("ada")
        for _ in 0..<2 {
            #expect(await fixture.send(.post, "/auth/login", #"{"username":"ada","password":"a guess"}"#).status == 401)
        }
        func change(_ json: String) async -> UInt16 {
            await fixture.send(.patch, "/users/me", json, token: token).status
        }

        #expect(await change(#"{"full_name":"Ada"}"#) == (isDevelopment ? 200 : 429))
        let address = #"{"email":"ada@example.org","current_password":"\#(TestAuthority.password)"}"#
        #expect(await change(address) == 429)
    }
}
