// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthHTTPServer
import AuthService
import AuthStore
import AuthTesting
import HTTPTypes
import Testing

@testable import AuthHTTP

@Suite("Users") struct UsersTests {
    @Test("pages visit every user once")
    func cursors() async throws {
        let fixture = try await APIFixture()
        let admin = try await fixture.token("root", role: .admin)
        for index in 1...7 { _ = try await fixture.token("user\(index)") }
        var names: [String] = []
        var target = "/users?limit=3&sort=-username"

        while true {
            let page = await fixture.send(.get, target, token: admin)
            try #require(page.status == 200)
            #expect(page.json?["total"]?.int64Value == 8)
            names += (page.json?["items"]?.arrayValue ?? []).compactMap { $0.objectValue?["username"]?.stringValue }
            guard let next = page.text("next_cursor") else {
                #expect(page["link"] == nil)
                break
            }
            #expect(page["link"] == "</api/v1/users?limit=3&sort=-username&cursor=\(next)>; rel=\"next\"")
            target = "/users?limit=3&sort=-username&cursor=\(next)"
        }

        #expect(names == ["user7", "user6", "user5", "user4", "user3", "user2", "user1", "root"])
    }

    @Test("skip gives a bare array with Link, page gives the page")
    func offsets() async throws {
        let fixture = try await APIFixture()
        let admin = try await fixture.token("root", role: .admin)
        for index in 1...4 { _ = try await fixture.token("user\(index)") }

        let bare = await fixture.send(.get, "/users?skip=1&limit=2&sort=username", token: admin)
        let items = try #require(try JSONReader.read(bare.reply.body).arrayValue)
        #expect(items.count == 2)
        #expect(items.first?.objectValue?["username"]?.stringValue == "user1")
        #expect(bare["link"] == "</api/v1/users?limit=2&sort=username&skip=3>; rel=\"next\"")
        let page = await fixture.send(.get, "/users?page=3&limit=2", token: admin)
        #expect(page.json?["items"]?.arrayValue?.count == 1)
        #expect(page.json?["page"]?.int64Value == 3)
    }

    @Test("filters narrow the list")
    func filters() async throws {
        let fixture = try await APIFixture()
        let admin = try await fixture.token("root", role: .admin)
        _ = try await fixture.token("ada")
        func count(_ query: String) async -> Int? {
            await fixture.send(.get, "/users?\(query)", token: admin).json?["items"]?.arrayValue?.count
        }

        #expect(await count("role=admin") == 1)
        #expect(await count("q=ADA") == 1)
        #expect(await count("is_active=false") == 0)
        #expect(await count("limit=100000") == 2)
    }

    @Test(
        "invalid queries are rejected",
        arguments: [
            "sort=password", "limit=0", "limit=x", "skip=-1", "page=0", "cursor=junk", "skip=1&page=1",
            "is_active=yes", "role=Admin!", "unknown=1", "q=\(String(repeating: "a", count: 101))",
        ])
    func badQueries(query: String) async throws {
        let fixture = try await APIFixture()
        let admin = try await fixture.token("root", role: .admin)

        #expect(await fixture.send(.get, "/users?\(query)", token: admin).code == "invalid_query")
    }

    @Test("a cursor belongs to its order")
    func foreignCursor() async throws {
        let fixture = try await APIFixture()
        let admin = try await fixture.token("root", role: .admin)
        _ = try await fixture.token("ada")
        let next = try #require(await fixture.send(.get, "/users?limit=1", token: admin).text("next_cursor"))

        #expect(await fixture.send(.get, "/users?limit=1&cursor=\(next)", token: admin).status == 200)
        #expect(await fixture.send(.get, "/users?sort=username&cursor=\(next)", token: admin).code == "invalid_query")
        #expect(ListPosition(next)?.text == next)
    }

    @Test("users read and change themselves, administrators every user")
    func records() async throws {
        let fixture = try await APIFixture()
        let admin = try await fixture.token("root", role: .admin)
        let ada = try await fixture.token("ada")
        _ = try await fixture.token("bob")
        let (adaID, bobID) = (try await fixture.id(of: "ada"), try await fixture.id(of: "bob"))

        #expect(await fixture.send(.get, "/users/\(adaID)", token: ada).status == 200)
        #expect(await fixture.send(.get, "/users/\(bobID)", token: ada).status == 403)
        #expect(await fixture.send(.get, "/users/none", token: ada).status == 403)
        #expect(await fixture.send(.get, "/users/none", token: admin).status == 404)
        #expect(await fixture.send(.get, "/users/\(bobID)", token: admin).status == 200)
        #expect(
            await fixture.send(.patch, "/users/\(adaID)", #"{"full_name":"Ada"}"#, token: ada).text("full_name")
                == "Ada")
        #expect(await fixture.send(.patch, "/users/\(adaID)", #"{"is_active":false}"#, token: ada).status == 403)
        #expect(await fixture.send(.patch, "/users/\(bobID)", #"{"full_name":"X"}"#, token: ada).status == 403)
        #expect(
            await fixture.send(.patch, "/users/\(bobID)", #"{"username":"ADA"}"#, token: admin).code == "username_taken"
        )
    }

    @Test("users can change only the writable fields of their profile")
    func ownProfile() async throws {
        let fixture = try await APIFixture()
        let token = try await fixture.token("ada")
        func change(_ json: String) async -> Seen { await fixture.send(.put, "/users/me", json, token: token) }

        let changed = await change(#"{"full_name":"Ada L.","role":"admin","is_verified":true,"password":"x"}"#)
        #expect(changed.text("full_name") == "Ada L.")
        #expect(changed.text("role") == "user")
        #expect(changed.json?["is_verified"] == false)
        #expect(await change(#"{"full_name":null}"#).json?["full_name"] == .null)
        #expect(await change(#"{"username":null}"#).json?["username"] == .null)
        #expect(await change(#"{"email":null}"#).code == "reauthentication_required")
        #expect(await change(#"{"email":null,"current_password":"not this one"}"#).code == "wrong_password")
        #expect(
            await change(#"{"email":null,"current_password":"\#(TestAuthority.password)"}"#).wrongFields == ["email"])
        #expect(await fixture.send(.get, "/auth/me", token: token).json?["username"] == .null)
    }

    @Test("administrators cannot demote, disable or delete themselves, and the last one stays")
    func administrators() async throws {
        let fixture = try await APIFixture()
        let admin = try await fixture.token("root", role: .admin)
        let id = try await fixture.id(of: "root")
        _ = try await fixture.token("ada")
        let adaID = try await fixture.id(of: "ada")

        #expect(await fixture.send(.delete, "/users/\(id)", token: admin).code == "own_user")
        #expect(await fixture.send(.put, "/users/\(id)/role", #"{"role":"user"}"#, token: admin).code == "own_user")
        #expect(
            await fixture.send(.put, "/users/\(adaID)/role", #"{"role":"nobody"}"#, token: admin).wrongFields == [
                "role"
            ])
        #expect(
            await fixture.send(.put, "/users/\(adaID)/role", #"{"role":"guest"}"#, token: admin).text("role") == "guest"
        )
        #expect(await fixture.send(.delete, "/users/\(adaID)", token: admin).status == 204)
        #expect(await fixture.send(.delete, "/users/\(adaID)", token: admin).status == 404)
        #expect(await fixture.send(.get, "/users/stats/count", token: admin).json?["total_users"]?.int64Value == 1)
    }

    @Test("a user created by an administrator must change the password first")
    func firstSignIn() async throws {
        let fixture = try await APIFixture()
        let admin = try await fixture.token("root", role: .admin)
        let made = await fixture.send(
            .post, "/users", #"{"username":"jane","password":"FirstPassword12","role":"guest"}"#, token: admin)
        #expect(made.status == 201)
        #expect(made.text("role") == "guest")
        let login = await fixture.send(.post, "/auth/login", #"{"username":"jane","password":"FirstPassword12"}"#)
        let token = try #require(login.text("access_token"))

        #expect(await fixture.send(.get, "/auth/sessions", token: token).code == "password_change_required")
        #expect(await fixture.send(.get, "/auth/verify", token: token).code == "password_change_required")
        #expect(await fixture.send(.get, "/auth/me", token: token).status == 200)
        let changed = await fixture.send(
            .post, "/auth/password/change",
            #"{"current_password":"FirstPassword12","new_password":"another good one"}"#, token: token)
        let fresh = try #require(changed.text("access_token"))
        #expect(await fixture.send(.get, "/auth/sessions", token: fresh).status == 200)
    }

    @Test("sessions can be listed and revoked one by one; another user's session is not found")
    func sessions() async throws {
        let fixture = try await APIFixture()
        let first = try await fixture.authority.signIn(as: "ada")
        let second = try await fixture.authority.signIn(as: "ada")
        let stranger = try await fixture.token("bob")

        let list = await fixture.send(.get, "/auth/sessions", token: first.accessToken)
        let sessions = try #require(try JSONReader.read(list.reply.body).arrayValue).compactMap(\.objectValue)
        #expect(sessions.count == 2)
        #expect(
            sessions.filter { $0["current"] == true }.map { $0["id"]?.stringValue } == [first.sessionID.description])
        let path = "/auth/sessions/\(second.sessionID)"
        #expect(await fixture.send(.delete, path, token: stranger).status == 404)
        #expect(await fixture.send(.delete, path, token: first.accessToken).status == 204)
        #expect(await fixture.send(.delete, path, token: first.accessToken).status == 404)
        #expect(await fixture.send(.get, "/auth/me", token: second.accessToken).status == 401)
        #expect(await fixture.send(.post, "/auth/logout?sessions=everything", token: first.accessToken).status == 400)
    }

    // ASVS 7.4.5
    @Test("only administrators see and revoke the sessions of others, who are rejected at the next request")
    func sessionsOfOthers() async throws {
        let fixture = try await APIFixture()
        let admin = try await fixture.token("root", role: .admin)
        let eve = try await fixture.token("eve")
        let login = #"{"username":"ada","password":"\#(TestAuthority.password)"}"#
        _ = try await fixture.token("ada")
        let seen = await fixture.send(
            .post, "/auth/login", login, peer: "192.0.2.7", fields: ["user-agent": "Analytical Engine"])
        let access = try #require(seen.text("access_token"))
        let path = "/users/\(try await fixture.id(of: "ada"))/sessions"
        func listed(_ path: String) async throws -> [JSONObject] {
            let list = await fixture.send(.get, path, token: admin)
            return try #require(try JSONReader.read(list.reply.body).arrayValue).compactMap(\.objectValue)
        }

        let sessions = try await listed(path)
        let found = try #require(sessions.first { $0["device"] == "Analytical Engine" })
        let id = try #require(found["id"]?.stringValue)
        #expect(sessions.count == 2)
        #expect(found["address"] == "192.0.2.7")
        #expect(
            found.names.sorted().joined(separator: " ")
                == "address created_at current device expires_at id last_used_at")
        #expect(sessions.allSatisfy { $0["current"] == false })
        #expect(try await listed("/users/\(try await fixture.id(of: "root"))/sessions").map { $0["current"] } == [true])

        for (method, target) in [(HTTPRequest.Method.get, path), (.delete, path), (.delete, "\(path)/\(id)")] {
            #expect(await fixture.send(method, target, token: eve).code == "insufficient_scope")
            let nobody = target.replacing(path, with: "/users/0199c3a1-6f2e-7c54-9b8e-2d5f0a7b1c3d/sessions")
            #expect(await fixture.send(method, nobody, token: admin).code == "not_found")
        }
        let foreign = "/users/\(try await fixture.id(of: "eve"))/sessions/\(id)"
        #expect(await fixture.send(.delete, foreign, token: admin).status == 404)
        #expect(await fixture.send(.get, "/auth/me", token: access).status == 200)

        #expect(await fixture.send(.delete, "\(path)/\(id)", token: admin).status == 204)
        #expect(await fixture.send(.get, "/auth/me", token: access).code == "invalid_token")
        #expect(await fixture.send(.delete, "\(path)/\(id)", token: admin).status == 404)
        #expect(try await listed(path).count == 1)
        #expect(await fixture.send(.delete, path, token: admin).status == 204)
        #expect(try await listed(path).isEmpty)
        let event = try #require(try await fixture.authority.store.auditEvents(before: nil, limit: 1).first?.event)
        #expect(event.action == .sessionsRevoked)
        #expect(try await event.actor?.description == fixture.id(of: "root"))
        #expect(try await event.target?.description == fixture.id(of: "ada"))
    }
}
