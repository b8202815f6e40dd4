// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthHTTPServer
import AuthService
import AuthTesting
import HTTPTypes
import Testing

@testable import AuthHTTP

@Suite("Routes of roles")
struct RoleEndpointTests {
    @Test("an administrator defines, reads, changes and removes a role")
    func life() async throws {
        let fixture = try await APIFixture()
        let admin = try await fixture.token("root", role: .admin)
        let definition = #"{"description":"Writes notes.","permissions":["notes","notes:read","me"]}"#

        let made = await fixture.send(.put, "/roles/editor", definition, token: admin)
        #expect(made.status == 201 && made.text("description") == "Writes notes.")
        #expect(made.json?["permissions"] == ["me", "notes"] && made.text("origin") == "data")
        let changed = await fixture.send(.put, "/roles/editor", #"{"permissions":["notes"]}"#, token: admin)
        #expect(changed.status == 200 && changed.json?["permissions"] == ["notes"])
        #expect(await fixture.send(.get, "/roles/editor", token: admin).json == changed.json)
        let list = await fixture.send(.get, "/roles", token: admin)
        #expect(
            list.json?["items"]?.arrayValue?.compactMap { $0.objectValue?["name"]?.stringValue }
                == ["admin", "editor", "guest", "user"])

        #expect(await fixture.send(.delete, "/roles/editor", token: admin).status == 204)
        #expect(await fixture.send(.get, "/roles/editor", token: admin).status == 404)
        #expect(await fixture.send(.delete, "/roles/editor", token: admin).code == "not_found")
    }

    @Test("only administrators change roles and permissions, whatever else a role grants")
    func access() async throws {
        let fixture = try await APIFixture()
        let admin = try await fixture.token("root", role: .admin)
        let all = #"{"permissions":["roles","users","audit","me"]}"#
        #expect(await fixture.send(.put, "/roles/auditor", all, token: admin).status == 201)
        let auditor = try await fixture.token("ada", role: "auditor")
        let id = try await fixture.id(of: "ada")

        #expect(await fixture.send(.get, "/roles", token: auditor).status == 200)
        #expect(await fixture.send(.get, "/users/\(id)/permissions", token: auditor).status == 200)
        for (method, path) in [
            (HTTPRequest.Method.put, "/roles/auditor"), (.put, "/roles/user"), (.delete, "/roles/auditor"),
            (.put, "/users/\(id)/permissions"), (.put, "/users/\(id)/role"),
        ] {
            let refused = await fixture.send(method, path, #"{"permissions":["users:write"]}"#, token: auditor)
            #expect(refused.code == "insufficient_scope", "\(method) \(path)")
        }
        let user = try await fixture.token("grace")
        #expect(await fixture.send(.get, "/roles", token: user).code == "insufficient_scope")
    }

    @Test("what cannot be done is 409 with a code of its own, and a malformed definition 422")
    func refusals() async throws {
        let fixture = try await APIFixture()
        let admin = try await fixture.token("root", role: .admin)
        func put(_ role: String, _ json: String) async -> Seen {
            await fixture.send(.put, "/roles/\(role)", json, token: admin)
        }
        #expect(await put("admin", #"{"permissions":[]}"#).code == "role_built_in")
        for name in ["anon", "authenticated", "postgres"] {
            let reserved = await put(name, #"{"permissions":[]}"#)
            #expect(reserved.status == 409 && reserved.code == "role_reserved", "\(name)")
        }
        #expect(await put("Editor", #"{"permissions":[]}"#).status == 404)
        for wrong in [
            "{}", #"{"permissions":"notes"}"#, #"{"permissions":[1]}"#, #"{"permissions":["Notes"]}"#,
            #"{"permissions":["*"]}"#, #"{"permissions":["\#(String(repeating: "a", count: 101))"]}"#,
        ] {
            let refused = await put("editor", wrong)
            #expect(refused.status == 422 && refused.wrongFields == ["permissions"], "\(wrong)")
        }
        #expect(await put("editor", #"{"permissions":[],"description":"a\nb"}"#).wrongFields == ["description"])

        #expect(await put("editor", #"{"permissions":["notes"]}"#).status == 201)
        _ = try await fixture.token("ada", role: "editor")
        #expect(await fixture.send(.delete, "/roles/editor", token: admin).code == "role_held")
        #expect(await fixture.send(.delete, "/roles/guest", token: admin).code == "role_built_in")
        #expect(await put("guest", #"{"permissions":[]}"#).status == 200)
    }

    @Test("permissions of a user beside the role open routes, and are in the user's record")
    func userPermissions() async throws {
        let fixture = try await APIFixture()
        let admin = try await fixture.token("root", role: .admin)
        let pair = try await fixture.authority.signIn(as: "ada")
        let id = try await fixture.id(of: "ada")
        #expect(await fixture.send(.get, "/users", token: pair.accessToken).status == 403)

        let path = "/users/\(id)/permissions"
        let set = await fixture.send(.put, path, #"{"permissions":["users:read"]}"#, token: admin)
        #expect(set.status == 200 && set.json?["permissions"] == ["users:read"])
        #expect(set.json?["granted"] == ["items", "me", "users:read"] && set.text("role") == "user")
        #expect(await fixture.send(.get, "/auth/me", token: pair.accessToken).code == "invalid_token")
        let next = try await fixture.authority.signIn(as: "ada").accessToken
        #expect(await fixture.send(.get, "/users", token: next).status == 200)
        #expect(await fixture.send(.get, "/auth/me", token: next).json?["permissions"] == ["users:read"])

        #expect(await fixture.send(.put, path, #"{"permissions":["*"]}"#, token: admin).status == 422)
        let unknown = "/users/0199c3a1-6f2e-7c54-9b8e-2d5f0a7b1c3d/permissions"
        #expect(await fixture.send(.get, unknown, token: admin).status == 404)
        #expect(await fixture.send(.put, unknown, #"{"permissions":[]}"#, token: admin).status == 404)
    }

    @Test("a role's change is seen by the next request, also at /auth/verify")
    func nextRequest() async throws {
        let fixture = try await APIFixture()
        let admin = try await fixture.token("root", role: .admin)
        #expect(await fixture.send(.put, "/roles/editor", #"{"permissions":["notes"]}"#, token: admin).status == 201)
        let token = try await fixture.token("ada", role: "editor")
        #expect(await fixture.send(.get, "/auth/verify?scope=notes:write", token: token).status == 204)

        #expect(
            await fixture.send(.put, "/roles/editor", #"{"permissions":["notes:read"]}"#, token: admin).status == 200)

        #expect(await fixture.send(.get, "/auth/verify?scope=notes:write", token: token).status == 403)
        let left = await fixture.send(.get, "/auth/verify?scope=notes:read", token: token)
        #expect(left.status == 204 && left["x-auth-scope"] == "notes:read")
    }

    @Test("the OpenAPI document describes every scope, those of the probes and of new roles too")
    func scopes() async throws {
        let fixture = try await APIFixture { $0.isDevelopment = true }
        let admin = try await fixture.token("root", role: .admin)
        func scopes() async throws -> JSONObject {
            let served = await fixture.send(.get, "/openapi.json")
            let limits = JSONLimits(maximumBytes: 4 << 20, maximumDepth: 64)
            let document = try JSONReader.read(served.reply.body, limits: limits).objectValue
            let schemes = document?["components"]?.objectValue?["securitySchemes"]?.objectValue
            let flows = schemes?["password"]?.objectValue?["flows"]?.objectValue
            return try #require(flows?["password"]?.objectValue?["scopes"]?.objectValue)
        }
        let before = try await scopes()
        for name in [
            "*", "audit:read", "items", "items:delete", "items:read", "items:write", "me", "me:write", "users:read",
        ] {
            #expect(before[name]?.stringValue?.isEmpty == false, "\(name)")
        }
        #expect(before["items:delete"] == "Delete items." && before["notes"] == nil)
        for endpoint in APITable.endpoints(fixture) {
            guard case .permission(let permission) = endpoint.access else { continue }
            #expect(PermissionDescription.own.contains { $0.permission == permission }, "\(permission)")
        }

        let definition = #"{"description":"Writes notes.","permissions":["notes"]}"#
        #expect(await fixture.send(.put, "/roles/editor", definition, token: admin).status == 201)

        #expect(try await scopes()["notes"] == "Granted to editor (Writes notes.).")
    }

    @Test("the probe of a deletion asks for items:delete")
    func probe() async throws {
        let fixture = try await APIFixture { $0.isDevelopment = true }
        let whole = try await fixture.token("ada")
        let narrow = try await fixture.authority.signIn(as: "ada", scope: "items:read items:write").accessToken

        #expect(await fixture.send(.delete, "/items/Foo", token: whole).status == 204)
        #expect(await fixture.send(.delete, "/items/Bar", token: whole).status == 404)
        let refused = await fixture.send(.delete, "/items/Foo", token: narrow)
        #expect(refused.code == "insufficient_scope")
        #expect(refused["www-authenticate"]?.contains("scope=\"items:delete\"") == true)
    }
}
