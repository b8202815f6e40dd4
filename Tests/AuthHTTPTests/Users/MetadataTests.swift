// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthService
import AuthTesting
import HTTPTypes
import Testing

@testable import AuthHTTP

@Suite("Metadata of users")
struct MetadataTests {
    @Test("users merge their own metadata, and neither the operator's nor a role with it")
    func ownMetadata() async throws {
        let fixture = try await APIFixture()
        let token = try await fixture.token("ada")
        func patch(_ json: String) async -> Seen { await fixture.send(.patch, "/users/me", json, token: token) }

        #expect(await patch(#"{"user_metadata":{"theme":"light","beta":true}}"#).status == 200)
        let merged = await patch(
            #"{"user_metadata":{"theme":"dark","beta":null},"app_metadata":{"plan":"paid"},"role":"admin","permissions":["*"]}"#
        )
        #expect(merged.json?["user_metadata"] == ["theme": "dark"])
        #expect(merged.json?["app_metadata"] == [:] && merged.text("role") == "user")
        #expect(merged.json?["permissions"] == [])
        let seen = await fixture.send(.get, "/auth/me", token: token)
        #expect(seen.json == merged.json)
    }

    @Test("administrators change both kinds, their own too")
    func administrators() async throws {
        let fixture = try await APIFixture()
        let admin = try await fixture.token("root", role: .admin)
        _ = try await fixture.token("ada")
        for name in ["ada", "root"] {
            let changed = await fixture.send(
                .patch, "/users/\(try await fixture.id(of: name))",
                #"{"user_metadata":{"a":1},"app_metadata":{"plan":{"name":"paid"}},"full_name":"N"}"#, token: admin)
            #expect(changed.status == 200, "\(name)")
            #expect(changed.json?["app_metadata"] == ["plan": ["name": "paid"]] && changed.text("full_name") == "N")
            #expect(changed.json?["user_metadata"] == ["a": 1])
        }
    }

    @Test("a user cannot change their app_metadata by their id")
    func ownID() async throws {
        let fixture = try await APIFixture()
        let token = try await fixture.token("ada")
        let path = "/users/\(try await fixture.id(of: "ada"))"

        let refused = await fixture.send(.patch, path, #"{"app_metadata":{"plan":"paid"}}"#, token: token)

        #expect(refused.code == "insufficient_scope")
        #expect(await fixture.send(.get, "/auth/me", token: token).json?["app_metadata"] == [:])
    }

    @Test("metadata of another type, too deep or too large is 422 with its field")
    func faults() async throws {
        let fixture = try await APIFixture()
        let token = try await fixture.token("ada")
        let deep = String(repeating: #"{"n":"#, count: 9) + "1" + String(repeating: "}", count: 9)
        let large = #"{"a":"\#(String(repeating: "x", count: MetadataPatch.maximumBytes))"}"#
        for value in ["1", "[]", #""{}""#, deep, large] {
            let refused = await fixture.send(.patch, "/users/me", #"{"user_metadata":\#(value)}"#, token: token)
            #expect(refused.status == 422 && refused.wrongFields == ["user_metadata"], "\(value.prefix(40))")
        }
        #expect(await fixture.send(.patch, "/users/me", #"{"user_metadata":null}"#, token: token).status == 200)
    }

    @Test("metadata of any size is shown whole, again and again")
    func large() async throws {
        let fixture = try await APIFixture()
        let token = try await fixture.token("ada")
        let text = String(repeating: "é\"\\", count: 1_000)
        let change: JSONValue = ["user_metadata": ["text": .string(text)]]
        let json = String(decoding: change.serialized, as: UTF8.self)
        #expect(await fixture.send(.patch, "/users/me", json, token: token).status == 200)

        for _ in 0..<3 {
            let seen = await fixture.send(.get, "/auth/me", token: token)
            #expect(seen.json?["user_metadata"] == ["text": .string(text)])
        }
    }
}
