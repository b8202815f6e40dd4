// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthHTTPServer
import AuthService
import AuthTesting
import HTTPTypes
import Testing

@testable import AuthHTTP

@Suite("Routes of invitations")
struct InvitationEndpointTests {
    private static let accept = "/auth/invitations/accept"

    /// The newest invitation that was mailed to an address.
    private func message(to address: String, _ fixture: APIFixture) async throws -> MailMessage {
        await fixture.authority.service.completeDeferredWork()
        let messages = fixture.authority.mailer.messages(to: try EmailAddress(address))
        return try #require(messages.last { $0.template == .invitation })
    }

    @Test("an administrator invites, lists, resends and revokes, and a person accepts")
    func life() async throws {
        let fixture = try await APIFixture()
        let admin = try await fixture.token("root", role: .admin)
        let body = #"{"email":"Ada@example.test","role":"admin","full_name":"Ada L"}"#

        let made = await fixture.send(.post, "/auth/invitations", body, token: admin)
        #expect(made.status == 201 && made.text("state") == "pending" && made.text("role") == "admin")
        #expect(made.text("email") == "Ada@example.test")
        let again = await fixture.send(.post, "/auth/invitations", body, token: admin)
        #expect(again.status == 409 && again.code == "already_invited")
        let id = try #require(made.text("id"))
        #expect(await fixture.send(.post, "/auth/invitations/\(id)/resend", token: admin).status == 429)
        fixture.authority.clock.advance(by: .seconds(60))
        let sent = await fixture.send(.post, "/auth/invitations/\(id)/resend", token: admin)
        #expect(sent.status == 200 && sent.text("id") == id)

        let token = try #require(try await message(to: "ada@example.test", fixture).token)
        let without = await fixture.send(.post, Self.accept, #"{"token":"\#(token)"}"#)
        #expect(without.status == 422 && without.wrongFields == ["new_password"])
        let full = #"{"token":"\#(token)","new_password":"another fine password"}"#
        let accepted = await fixture.send(.post, Self.accept, full)
        #expect(accepted.status == 200 && accepted.text("credentials") == "kept" && accepted.text("role") == "admin")
        #expect(await fixture.send(.post, Self.accept, full).code == "bad_token")
        #expect(await fixture.send(.delete, "/auth/invitations/\(id)", token: admin).code == "invitation_over")

        let other = await fixture.send(.post, "/auth/invitations", #"{"email":"bob@example.test"}"#, token: admin)
        let second = try #require(other.text("id"))
        let page = await fixture.send(.get, "/auth/invitations?limit=1", token: admin)
        #expect(page.json?["items"]?.arrayValue?.count == 1)
        #expect(page.text("next_cursor") == second)
        let rest = await fixture.send(.get, "/auth/invitations?cursor=\(second)", token: admin)
        #expect(rest.json?["items"]?.arrayValue?.compactMap { $0.objectValue?["state"]?.stringValue } == ["accepted"])
        let open = await fixture.send(.get, "/auth/invitations?open=true", token: admin)
        #expect(open.json?["items"]?.arrayValue?.compactMap { $0.objectValue?["id"]?.stringValue } == [second])
        #expect(await fixture.send(.delete, "/auth/invitations/\(second)", token: admin).status == 204)
        #expect(await fixture.send(.delete, "/auth/invitations/\(second)", token: admin).status == 404)
    }

    @Test("only administrators invite, and to no role that their token lacks")
    func access() async throws {
        let fixture = try await APIFixture()
        let user = try await fixture.token("ada")
        let id = "0199c3a1-6f2e-7c54-9b8e-2d5f0a7b1c3d"
        for (method, path) in [
            (HTTPRequest.Method.post, "/auth/invitations"), (.get, "/auth/invitations"),
            (.delete, "/auth/invitations/\(id)"), (.post, "/auth/invitations/\(id)/resend"),
        ] {
            let refused = await fixture.send(method, path, #"{"email":"bob@example.test"}"#, token: user)
            #expect(refused.status == 403, "\(method) \(path)")
        }
        let admin = try await fixture.token("root", role: .admin)
        let unknown = await fixture.send(
            .post, "/auth/invitations", #"{"email":"bob@example.test","role":"unknown"}"#, token: admin)
        #expect(unknown.status == 422 && unknown.wrongFields == ["role"])
        #expect(await fixture.send(.delete, "/auth/invitations/\(id)", token: admin).status == 404)
        #expect(await fixture.send(.delete, "/auth/invitations/none", token: admin).status == 404)
        #expect(await fixture.send(.get, "/auth/invitations?cursor=none", token: admin).code == "invalid_query")
    }

    @Test("a user accepts in a session and keeps the password; a wrong code says how many tries are left")
    func existingUser() async throws {
        let fixture = try await APIFixture()
        let admin = try await fixture.token("root", role: .admin)
        let ada = try await fixture.token("ada")
        let made = await fixture.send(
            .post, "/auth/invitations", #"{"email":"ada@example.test","role":"admin"}"#, token: admin)
        #expect(made.status == 201)
        let token = try #require(try await message(to: "ada@example.test", fixture).token)

        let wrong = await fixture.send(.post, Self.accept, #"{"token":"\#(token)","code":"22222222"}"#, token: ada)
        #expect(wrong.status == 400 && wrong.code == "wrong_code")
        let accepted = await fixture.send(.post, Self.accept, #"{"token":"\#(token)"}"#, token: ada)
        #expect(accepted.status == 200 && accepted.text("credentials") == "bound")
    }

    @Test("a user whom an administrator makes without a password is mailed an invitation")
    func creation() async throws {
        let fixture = try await APIFixture()
        let admin = try await fixture.token("root", role: .admin)
        let made = await fixture.send(.post, "/users", #"{"username":"ada","email":"ada@example.test"}"#, token: admin)
        #expect(made.status == 201)
        let token = try #require(try await message(to: "ada@example.test", fixture).token)
        let accepted = await fixture.send(
            .post, Self.accept, #"{"token":"\#(token)","new_password":"another fine password"}"#)
        #expect(accepted.status == 200)
    }
}
