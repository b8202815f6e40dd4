// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthHTTPServer
import AuthService
import AuthTesting
import HTTPTypes
import Testing

@testable import AuthHTTP

@Suite("Access matrix") struct AccessMatrixTests {
    // ASVS 8.2.1, 8.2.2
    @Test("every route of the table has the declared access: without a token, to users, with other methods")
    func matrix() async throws {
        let fixture = try await APIFixture { $0.isDevelopment = true }
        let user = try await fixture.token("ada")
        let endpoints = APITable.endpoints(fixture)
        #expect(endpoints.count > 40)

        for endpoint in endpoints {
            let target = APITable.target(of: endpoint)
            let method = try #require(HTTPRequest.Method(endpoint.method.rawValue))
            let nobody = await fixture.api.send(method, target)
            let forged = await fixture.api.send(method, target, token: "forged")
            switch endpoint.access {
            case .anyone:
                #expect(nobody.status != 401 || nobody.code != "unauthenticated", "\(endpoint.operationID)")
            case .authenticated:
                #expect(nobody.code == "unauthenticated", "\(endpoint.operationID)")
                #expect(forged.code == "invalid_token", "\(endpoint.operationID)")
            case .scope, .anyOf, .verifiedAddress:
                Issue.record("no case of the matrix: \(endpoint.operationID)")
            case .permission(let permission):
                #expect(nobody.code == "unauthenticated", "\(endpoint.operationID)")
                let isOpen = RoleTable.standard.scope(of: .user).covers(permission)
                let seen = await fixture.api.send(method, target, token: user)
                #expect((seen.code == "insufficient_scope") == !isOpen, "\(endpoint.operationID)")
            case .role:
                #expect(nobody.code == "unauthenticated", "\(endpoint.operationID)")
                let seen = await fixture.api.send(method, target, token: user)
                #expect(seen.status == 403 && seen.code == "insufficient_scope", "\(endpoint.operationID)")
                #expect(seen["www-authenticate"]?.contains("insufficient_scope") == true)
            case .service:
                #expect(nobody.code == "unauthenticated", "\(endpoint.operationID)")
                let admin = try await fixture.token("root", role: .admin)
                for token in ["forged", user, admin] {
                    let seen = await fixture.api.send(method, target, token: token)
                    #expect(seen.code == "invalid_token", "\(endpoint.operationID)")
                }
            }
            let otherMethod: UInt16 = endpoint.operationID == "verify" ? 401 : 405
            #expect(await fixture.api.send(.connect, target).status == otherMethod, "\(endpoint.operationID)")
        }
    }

    @Test("probe routes exist in development only")
    func probes() async throws {
        let production = try await APIFixture()
        let development = try await APIFixture { $0.isDevelopment = true }
        let admin = try await development.token("root", role: .admin)
        let user = try await development.token("ada")

        for path in ["/public", "/protected/user", "/protected/admin", "/users/me/items"] {
            #expect(await [404, 401].contains(production.send(.get, path).status))
        }
        #expect(await production.send(.get, "/public").status == 404)
        #expect(await development.send(.get, "/public").status == 200)
        #expect(await development.send(.get, "/protected/admin", token: admin).status == 200)
        #expect(await development.send(.get, "/protected/admin", token: user).status == 403)
        #expect(await development.send(.get, "/users/me/items", token: user).status == 200)
        #expect(await development.send(.post, "/items", #"{"name":"Foo"}"#, token: user).status == 201)
    }

    @Test("a token for reading items does not write them")
    func scopes() async throws {
        let fixture = try await APIFixture { $0.isDevelopment = true }
        let scope = try #require(Scope(parsing: "items:read"))
        let token = try await fixture.authority.signIn(as: "ada", scope: scope).accessToken

        #expect(await fixture.send(.get, "/users/me/items", token: token).status == 200)
        let refused = await fixture.send(.post, "/items", #"{"name":"Foo"}"#, token: token)
        #expect(refused.code == "insufficient_scope")
        #expect(refused["www-authenticate"]?.contains("scope=\"items:write\"") == true)
    }
}

extension AccessMatrixTests {
    @Test("a guest, and a token with another scope, cannot change their profile")
    func ownProfile() async throws {
        let fixture = try await APIFixture()
        let scope = try #require(Scope(parsing: "items:read"))
        let narrow = try await fixture.authority.signIn(as: "ada", scope: scope).accessToken
        let guest = try await fixture.token("guest", role: .guest)
        let change = #"{"email":"mallory@example.test"}"#

        for (token, name) in [(narrow, "ada"), (guest, "guest")] {
            for path in ["/users/me", "/users/\(try await fixture.id(of: name))"] {
                let refused = await fixture.send(.patch, path, change, token: token)
                #expect(refused.code == "insufficient_scope", "\(name) \(path)")
            }
            #expect(await fixture.send(.put, "/users/me", change, token: token).code == "insufficient_scope")
            #expect(await fixture.send(.get, "/auth/me", token: token).text("email") == "\(name)@example.test")
        }
    }
}

enum APITable {
    /// A path that the endpoint matches; its ids are well formed and unknown.
    static func target(of endpoint: Endpoint) -> String {
        guard !endpoint.path.segments.isEmpty else { return "/" }
        return endpoint.path.segments.map { segment in
            switch segment {
            case .literal(let text): "/" + text
            case .parameter("slug"): "/not-found"
            case .parameter: "/0199c3a1-6f2e-7c54-9b8e-2d5f0a7b1c3d"
            }
        }.joined()
    }

    static func endpoints(_ fixture: APIFixture) -> [Endpoint] {
        var configuration = HTTPConfiguration()
        configuration.isDevelopment = true
        return EndpointTable(
            service: fixture.service, configuration: configuration, assets: .contentDeliveryNetwork,
            description: SelfDescription()
        ).endpoints
    }
}
