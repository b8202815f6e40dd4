// SPDX-License-Identifier: Apache-2.0

import AuthService
import HTTPTypes
import Testing

@testable import AuthHTTP

@Suite("The set-up route") struct SetupTests {
    @Test("the set-up route makes the first administrator, once, and collects what is wrong with its fields")
    func setup() async throws {
        let fixture = try await APIFixture()
        let made = try #require(try await fixture.service.users.makeSetupToken(from: ClientContext()))
        let token = made.token.revealed
        func body(_ name: String, _ token: String, _ password: String = "notes on the engine") -> String {
            #"{"token":"\#(token)","username":"\#(name)","password":"\#(password)"}"#
        }

        #expect(await fixture.send(.post, "/auth/setup", "{}").wrongFields == ["token", "password"])
        #expect(await fixture.send(.post, "/auth/setup", body("ada", "aot_x")).code == "bad_token")
        #expect(await fixture.send(.post, "/auth/setup", body("ada", token, "short")).status == 422)
        let created = await fixture.send(.post, "/auth/setup", body("ada", token))
        #expect(created.status == 201 && created.text("role") == "admin" && created.text("username") == "ada")
        #expect(!created.holdsToken)
        let late = await fixture.send(.post, "/auth/setup", body("eve", token))
        #expect(late.status == 400 && late.code == "bad_token")

        let signedIn = await fixture.send(
            .post, "/auth/login", #"{"username":"ada","password":"notes on the engine"}"#)
        let access = try #require(signedIn.text("access_token"))
        #expect(await fixture.send(.get, "/users", token: access).status == 200)
    }
}
