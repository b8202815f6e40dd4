// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthHTTPTesting
import AuthService
import AuthTesting
import Testing

@testable import EmbedHummingbird

/// Who may do what, tested without a server and without a database.
@Suite("Policy of the notes") struct NotesAccessTests {
    let authority: TestAuthority
    let client: HTTPTestClient

    init() async throws {
        authority = try await TestAuthority(
            settings: AuthSettings(issuer: "http://localhost", roles: NotesAccess.roles))
        client = HTTPTestClient(NotesRoutes(notes: Notebook()).router(over: TestAPI(authority).api))
    }

    @Test(
        "each role opens its routes and no others",
        arguments: [
            ("guest", [403, 403, 403]), ("auditor", [200, 403, 403]), ("user", [200, 200, 403]),
            ("editor", [200, 200, 200]), ("admin", [200, 200, 200]),
        ] as [(Role, [Int])])
    func roles(role: Role, expected: [Int]) async throws {
        let token = try await authority.signIn(as: "ada", role: role).accessToken

        #expect(await client.get("/notes", bearing: token).status == expected[0])
        #expect(await client.post("/notes", json: "text", bearing: token).status == expected[1])
        #expect(await client.get("/drafts", bearing: token).status == expected[2])
        #expect(await client.get("/about").status == 200)
    }

    @Test("a token that was narrowed opens what its scope covers, whatever the role grants")
    func narrowed() async throws {
        let token = try await authority.signIn(as: "ada", role: "editor", scope: "notes:read").accessToken

        #expect(await client.get("/notes", bearing: token).status == 200)
        #expect(await client.post("/notes", json: "text", bearing: token).problem == "insufficient_scope")
        #expect(await client.get("/drafts", bearing: token).problem == "insufficient_scope")
    }

    @Test("a note is its owner's, and auditors and administrators may read it")
    func notes() async throws {
        let ada = try await authority.signIn(as: "ada").accessToken
        let number = await client.post("/notes", json: "on the engine", bearing: ada)
        #expect(number.status == 200 && number.text == "1")

        #expect(await client.get("/notes/1", bearing: ada).text == #""on the engine""#)
        let other = try await authority.signIn(as: "bob").accessToken
        #expect(await client.get("/notes/1", bearing: other).status == 404)
        for role in ["auditor", "admin"] as [Role] {
            let token = try await authority.signIn(as: "eve-\(role)", role: role).accessToken
            #expect(await client.get("/notes/1", bearing: token).status == 200, "\(role)")
        }
    }

    @Test("only its owner replaces a note, and the 404 of the route is the service's own")
    func replacing() async throws {
        let ada = try await authority.signIn(as: "ada").accessToken
        let bob = try await authority.signIn(as: "bob", role: .admin).accessToken
        _ = await client.post("/notes", json: "one", bearing: ada)

        #expect(await client.put("/notes/1", json: "two", bearing: ada).status == 204)
        #expect(await client.get("/notes/1", bearing: ada).text == #""two""#)
        let refused = await client.put("/notes/1", json: "three", bearing: bob)
        #expect(refused.status == 404 && refused.text.contains("There is no such note.") && refused.problem == nil)
    }

    @Test("who may see a note is a function, and needs no request")
    func maySee() {
        let owner = UserID(UUIDv7(high: 0, low: 1))
        let other = UserID(UUIDv7(high: 0, low: 2))
        func caller(_ id: UserID, _ role: Role) -> AccessSubject {
            AccessSubject(userID: id, role: role, tokenScope: .everything)
        }

        #expect(NotesAccess.maySee(noteOf: owner, caller(owner, .user)))
        #expect(NotesAccess.maySee(noteOf: owner, caller(other, "auditor")))
        #expect(!NotesAccess.maySee(noteOf: owner, caller(other, .user)))
        #expect(!NotesAccess.maySee(noteOf: owner, caller(other, "editor")))
    }
}
