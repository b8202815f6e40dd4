// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthHTTP
import AuthHTTPServer
import AuthHTTPTesting
import AuthService
import AuthTesting
import HTTPTypes
import Testing

/// Where this API differs from the contract on purpose; what has a scenario is tested there.
@Suite("What differs from Supabase")
struct SupabaseDeviationTests {
    /// The claims of a token, whose signature is not checked.
    private static func claims(_ token: String) throws -> JSONObject {
        let parts = token.split(separator: ".")
        let payload = try #require(parts.count == 3 ? Base64URL.decode(parts[1].utf8) : nil)
        return try #require(try JSONReader.read(payload).objectValue)
    }

    @Test("the role of a token is always authenticated, its audience a text, and its id of version 7")
    func claims() async throws {
        let fixture = try await SupabaseFixture.confirmed(.new)
        let token = try await fixture.session().access
        let claims = try Self.claims(token)
        #expect(claims["role"] == "authenticated" && claims["aud"] == "authenticated" && claims["aal"] == "aal1")
        #expect(claims["iss"]?.stringValue == SupabaseFixture.base && claims["phone"] == "")
        #expect(claims["session_id"] != nil && claims["is_anonymous"] == false && claims["exp"]?.int64Value != nil)
        let subject = try #require(claims["sub"]?.stringValue)
        #expect(UserID(parsing: subject) != nil && Array(subject.utf8)[14] == UInt8(ascii: "7"))

        let administrator = try await fixture.send(
            .put, "/admin/users/\(subject)", ["role": "service_role"], bearing: fixture.key())
        #expect(administrator.code(.new) == "validation_failed")
        let own = await fixture.send(.put, "/user", ["role": "service_role", "data": ["a": 1]], bearing: token)
        #expect(own["role"] == "authenticated")
    }

    @Test("metadata beyond 4 KiB is left out of tokens, and stays in answers")
    func longMetadata() async throws {
        let fixture = try await SupabaseFixture.confirmed(.new)
        let long = String(repeating: "a", count: 5_000)
        let answer = await fixture.signUp(more: [("data", ["text": .string(long)])])
        let token = try #require(answer["access_token"], "\(answer.text)")
        #expect(try Self.claims(token)["user_metadata"]?.objectValue?.isEmpty == true)
        let user = await fixture.send(.get, "/user", bearing: token)
        #expect(user.json?.objectValue?["user_metadata"]?.objectValue?["text"]?.stringValue == long)
    }

    @Test("identities have no names or pictures, and no token of a provider is answered")
    func providerData() async throws {
        let fixture = try await SupabaseFixture(.new)
        let back = try await fixture.arrive("")
        let token = try #require(back.value("access_token"), "\(back.fields)")
        #expect(back.value("provider_token") == nil && back.value("provider_refresh_token") == nil)
        let user = await fixture.send(.get, "/user", bearing: token)
        let identity = try #require(
            user.json?.objectValue?["identities"]?.arrayValue?.compactMap(\.objectValue)
                .first { $0["provider"]?.stringValue == "corp" })
        let data = try #require(identity["identity_data"]?.objectValue)
        #expect(Set(data.names) == ["iss", "sub", "provider_id", "email", "email_verified", "phone_verified"])
        // The id is the subject, and identity_id that of the row.
        #expect(identity["id"] == data["sub"] && identity["identity_id"] != identity["id"])
    }

    @Test("up to three codes of an address are good at once, and older links until one is used")
    func severalMails() async throws {
        let fixture = try await SupabaseFixture(.new)
        #expect(await fixture.signUp().status == 200)
        var links = [try await fixture.link()]
        for _ in 0..<2 {
            fixture.clock.advance(by: .seconds(61))
            let resent = await fixture.send(.post, "/resend", ["type": "signup", "email": "ada@example.test"])
            #expect(resent.status == 200, "\(resent.text)")
            links.append(try await fixture.link())
        }
        #expect(Set(links).count == 3)
        #expect(await SupabaseScenario.submit(fixture, links[0]).value("access_token") != nil)
        for link in links { #expect(await SupabaseScenario.submit(fixture, link).code(.new) == "otp_expired") }
    }

    @Test("wrong codes are counted by address and source, and none is compared once the budget is spent")
    func wrongCodes() async throws {
        let fixture = try await SupabaseFixture(.new)
        #expect(await fixture.signUp().status == 200)
        let code = try #require(try await fixture.mail().typedCode)
        func verify(_ code: String) async -> HTTPTestResponse {
            await fixture.send(
                .post, "/verify", ["type": "signup", "email": "ada@example.test", "token": .string(code)])
        }
        for _ in 0..<10 { #expect(await verify(code == "12345678" ? "12345679" : "12345678").status == 403) }
        let spent = await verify(code)
        #expect(spent.status == 403 && spent.code(.new) == "otp_expired")
        // The link is good all the same: it cannot be guessed.
        #expect(await SupabaseScenario.submit(fixture, try await fixture.link()).value("access_token") != nil)
    }

    @Test("a link is good for an hour")
    func lifeOfLinks() async throws {
        for (minutes, isGood) in [(59, true), (61, false)] {
            let fixture = try await SupabaseFixture(.new)
            #expect(await fixture.signUp().status == 200)
            let link = try await fixture.link()
            fixture.clock.advance(by: .seconds(minutes * 60))
            let answer = await SupabaseScenario.submit(fixture, link)
            #expect((answer.value("access_token") != nil) == isGood, "\(minutes) \(answer.fields)")
        }
    }

    @Test("passwords may have up to 1,024 octets")
    func longPasswords() async throws {
        let fixture = try await SupabaseFixture.confirmed(.new)
        let words = (0..<400).map { "word\($0)" }.joined(separator: " ")
        let longest = String(Substring(words.utf8.prefix(1_024)))
        #expect(longest.utf8.count == 1_024)
        #expect(await fixture.signUp(password: longest)["access_token"] != nil)
        let longer = await fixture.signUp("grace@example.test", password: longest + "a")
        #expect(longer.code(.new) == "validation_failed", "\(longer.text)")
    }

    @Test("a soft deletion keeps the row and nothing that names the person")
    func softDeletion() async throws {
        let fixture = try await SupabaseFixture.confirmed(.new)
        let token = try await fixture.session().access
        let id = try await fixture.id(of: token)
        let key = try await fixture.key()
        let deleted = await fixture.send(
            .delete, "/admin/users/\(id)", ["should_soft_delete": true], bearing: key)
        #expect(deleted.status == 200 && deleted.text == "{}")
        #expect(await fixture.send(.get, "/user", bearing: token).code(.new) == "user_not_found")
        let user = await fixture.send(.get, "/admin/users/\(id)", bearing: key)
        #expect(user.status == 200 && user["deleted_at"] != nil && user["email"] == "", "\(user.text)")
        #expect(!user.text.contains("\"ada"))
    }

    @Test("a request that cannot be read at all gets a problem document")
    func transport() async throws {
        let fixture = try await SupabaseFixture(.new)
        let reply = fixture.test.api.refuse(.malformed)
        #expect(reply.status == .badRequest)
        #expect(
            reply.httpResponse.headerFields[.contentType] == "application/problem+json")
        let target = await fixture.test.client().get("/auth/v1//user")
        #expect(target.status == 400 && target.problem == "malformed_request")
    }

    @Test("a key takes over no administrator of the service: no invitation, no link, no deletion")
    func administrators() async throws {
        let fixture = try await SupabaseFixture(.new)
        _ = try await fixture.authority.signIn(as: "root", role: .admin)
        let key = try await fixture.key()
        let list = await fixture.send(.get, "/admin/users", bearing: key)
        let id = try #require(
            list.json?.objectValue?["users"]?.arrayValue?.first?.objectValue?["id"]?.stringValue, "\(list.text)")
        let root: JSONValue = ["email": "root@example.test"]
        let link: JSONValue = ["type": "recovery", "email": "root@example.test"]
        let requests: [(HTTPRequest.Method, String, JSONValue)] = [
            (.post, "/invite", root), (.post, "/admin/generate_link", link), (.delete, "/admin/users/" + id, [:]),
        ]
        for (method, path, body) in requests {
            let answer = await fixture.send(method, path, body, bearing: key)
            #expect(answer.status == 403 && answer.code(.new) == "not_admin", "\(path) \(answer.text)")
        }
    }

    @Test("anonymous users link and unlink no identities: they take an address first")
    func anonymousLinking() async throws {
        let fixture = try await SupabaseFixture(
            .new,
            adjust: { settings in
                settings.isAnonymousAllowed = true
                settings.linksManually = true
            })
        let token = try await fixture.anonymous().access
        let query = "?provider=corp&code_challenge_method=s256&code_challenge=\(SupabaseFixture.challenge)"
        let requests: [(HTTPRequest.Method, String)] = [
            (.get, "/user/identities/authorize" + query),
            (.delete, "/user/identities/00000000-0000-7000-8000-000000000000"),
        ]
        for (method, path) in requests {
            let answer = await fixture.send(method, path, bearing: token)
            #expect(answer.status == 403 && answer.code(.new) == "no_authorization", "\(path) \(answer.text)")
        }
    }

    @Test("with private registration no answer tells whether an address has a user")
    func privateRegistration() async throws {
        let fixture = try await SupabaseFixture(.new, service: { $0.preventsEnumeration = true })
        _ = try await fixture.session()
        fixture.clock.advance(by: .seconds(61))
        let (known, unknown) = ("ada@example.test", "eve@example.test")
        for body in [known, unknown] {
            let otp = await fixture.send(.post, "/otp", ["email": .string(body), "create_user": false])
            #expect(otp.status == 200 && otp.text == "{}", "\(otp.text)")
        }
        let names = try [await fixture.signUp(known), await fixture.signUp(unknown)].map { answer in
            #expect(answer.status == 200 && answer.json?.objectValue?["identities"]?.arrayValue?.isEmpty == true)
            return try #require(answer.json?.objectValue).names
        }
        #expect(names[0] == names[1])
    }
}
