// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthHTTPServer
import AuthService
import AuthTesting
import HTTPTypes
import Testing

@testable import AuthHTTP

@Suite("Known devices")
struct KnownDeviceTests {
    private let body = #"{"username":"ada","password":"\#(TestAuthority.password)"}"#

    private func fixture(_ publicURL: String?) async throws -> APIFixture {
        let fixture = try await APIFixture { $0.publicURL = publicURL }
        _ = try await fixture.token("ada")
        return fixture
    }

    /// Fails so often that the source is throttled.
    private func exhaust(_ fixture: APIFixture) async {
        for _ in 0..<5 {
            let seen = await fixture.send(.post, "/auth/login", #"{"username":"ada","password":"wrong password"}"#)
            #expect(seen.status == 401 && seen["set-cookie"] == nil && seen["retry-after"] == nil)
        }
    }

    // Behaviour H119
    @Test("a browser gets a cookie for HTTPS, and is known by it")
    func cookie() async throws {
        let fixture = try await fixture("https://auth.example.test")
        let login = await fixture.send(.post, "/auth/login", body)
        let cookie = try #require(login["set-cookie"])
        #expect(cookie.hasPrefix("__Host-authd_device=adt_"))
        #expect(cookie.hasSuffix("; Path=/; Max-Age=15552000; HttpOnly; SameSite=Lax; Secure"))
        #expect(login.json?["device_token"] == nil)
        await exhaust(fixture)

        let stranger = await fixture.send(.post, "/auth/login", body)
        let pair = try #require(cookie.split(separator: ";").first)
        let known = await fixture.send(.post, "/auth/login", body, fields: ["cookie": String(pair)])

        #expect(stranger.status == 401 && stranger["set-cookie"] == nil)
        #expect(stranger.code == "invalid_credentials")
        #expect(known.status == 200)
    }

    @Test("a client without cookies gets the token in the body, and is known by it")
    func field() async throws {
        let fixture = try await fixture("https://auth.example.test")
        func login(_ token: String) async -> Seen {
            await fixture.send(
                .post, "/auth/login",
                #"{"username":"ada","password":"\#(TestAuthority.password)","device_token":"\#(token)"}"#)
        }
        let first = await login("")
        #expect(first["set-cookie"] == nil)
        let token = try #require(first.text("device_token"))
        await exhaust(fixture)

        #expect(await login("").status == 401)
        let known = await login(token)

        #expect(known.status == 200)
        #expect(known.text("device_token")?.hasPrefix("adt_") == true)
    }

    @Test("over plain HTTP there is a cookie on the same host and nowhere else")
    func plain() async throws {
        let fixture = try await fixture(nil)

        let local = await fixture.send(
            .post, "/auth/login", body, peer: "127.0.0.1", fields: ["Host": "localhost:8000"])
        let rebound = await fixture.send(
            .post, "/auth/login", body, peer: "127.0.0.1", fields: ["Host": "evil.example:8000"])
        let remote = await fixture.send(.post, "/auth/login", body)

        #expect(local["set-cookie"]?.hasPrefix("authd_device=adt_") == true)
        #expect(local["set-cookie"]?.contains("Secure") == false)
        for seen in [remote, rebound] { #expect(seen.status == 200 && seen["set-cookie"] == nil) }
    }

    @Test("a form sets no cookie", arguments: ["/auth/login/form", "/auth/token", "/token"])
    func form(_ path: String) async throws {
        let fixture = try await fixture("https://auth.example.test")

        let seen = await fixture.submit(
            path, "username=ada&device_token=&password=\(PercentEncoding.encode(TestAuthority.password))")

        #expect(seen.status == 200)
        #expect(seen["set-cookie"] == nil && seen.json?["device_token"] == nil)
    }

    @Test("addresses of one /64 are one source")
    func network() async throws {
        let fixture = try await fixture(nil)
        for host in 1...5 {
            _ = await fixture.send(
                .post, "/auth/login", #"{"username":"ada","password":"wrong password"}"#, peer: "2001:db8::\(host)")
        }

        #expect(await fixture.send(.post, "/auth/login", body, peer: "2001:db8::99").status == 401)
        #expect(await fixture.send(.post, "/auth/login", body, peer: "2001:db8:0:1::99").status == 200)
    }

    @Test("changing the password leaves the next token")
    func change() async throws {
        let fixture = try await fixture("https://auth.example.test")
        let token = try await fixture.token("ada")

        let seen = await fixture.send(
            .post, "/auth/password/change",
            """
            {"current_password":"\(TestAuthority.password)","new_password":"nanoseconds of wire","device_token":""}
            """, token: token)

        #expect(seen.status == 200)
        #expect(seen.text("device_token")?.hasPrefix("adt_") == true)
    }
}
