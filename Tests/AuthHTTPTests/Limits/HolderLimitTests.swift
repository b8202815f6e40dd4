// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthService
import AuthTesting
import HTTPTypes
import Testing

@testable import AuthHTTP

/// Requests that are counted against a session or known device and not against their source.
@Suite("Limits by session and by device") struct HolderLimitTests {
    private func fixture() async throws -> APIFixture {
        try await APIFixture { configuration in
            configuration.limits.isEnabled = true
            configuration.publicURL = "https://auth.example.test"
        }
    }

    private func refresh(_ fixture: APIFixture, _ token: String, peer: String = "192.0.2.1") async -> Seen {
        await fixture.send(.post, "/auth/refresh", #"{"refresh_token":"\#(token)"}"#, peer: peer)
    }

    private func signIn(
        _ fixture: APIFixture, _ name: String, _ device: String, password: String = TestAuthority.password,
        peer: String = "192.0.2.1"
    ) async -> Seen {
        await fixture.send(
            .post, "/auth/login", #"{"username":"\#(name)","password":"\#(password)","device_token":"\#(device)"}"#,
            peer: peer)
    }

    @Test("a source that has used up its refreshes with invalid tokens keeps no session behind it from refreshing")
    func junkAndSessions() async throws {
        let fixture = try await fixture()
        let ada = try await fixture.authority.signIn(as: "ada")
        let grace = try await fixture.authority.signIn(as: "grace")
        for _ in 0..<60 { #expect(await refresh(fixture, "art_junk").status == 401) }

        #expect(await refresh(fixture, "art_junk").status == 429)
        #expect(await refresh(fixture, ada.refreshToken).status == 200)
        #expect(await refresh(fixture, grace.refreshToken).status == 200)
        // A token that was changed is junk.
        #expect(await refresh(fixture, String(ada.refreshToken.dropLast(1)) + "_").status == 429)
    }

    @Test("a session is held to one limit, wherever its token is presented from")
    func oneSession() async throws {
        let fixture = try await fixture()
        let pair = try await fixture.authority.signIn(as: "ada")

        var statuses: [UInt16] = []
        for number in 0..<70 {
            statuses.append(await refresh(fixture, pair.refreshToken, peer: "198.51.100.\(number)").status)
        }

        #expect(statuses == Array(repeating: 200, count: 60) + Array(repeating: 429, count: 10))
        // Another session of the same user has its own.
        let other = try await fixture.authority.signIn(as: "ada")
        #expect(await refresh(fixture, other.refreshToken).status == 200)
    }

    @Test("a session in cookies is counted by itself too")
    func cookies() async throws {
        let fixture = try await fixture()
        let pair = try await fixture.authority.signIn(as: "ada")
        for _ in 0..<60 { _ = await refresh(fixture, "art_junk") }

        let seen = await fixture.send(
            .post, "/auth/refresh",
            fields: [
                "X-Auth-Mode": "cookie", "Cookie": "__Host-authd_refresh=\(pair.refreshToken)",
                "Origin": "https://auth.example.test", "Sec-Fetch-Site": "same-origin",
            ])

        #expect(seen.status == 200)
    }

    @Test("a known device signs its user in although its source is at its limit, and is held to a limit of its own")
    func device() async throws {
        let fixture = try await fixture()
        _ = try await fixture.authority.signIn(as: "ada")
        let device = try #require(await signIn(fixture, "ada", "").text("device_token"))
        for _ in 0..<10 { _ = await signIn(fixture, "nobody", "") }
        #expect(await signIn(fixture, "nobody", "").status == 429)
        #expect(await signIn(fixture, "ada", "").status == 429)

        var statuses: [UInt16] = []
        for number in 0..<12 {
            statuses.append(await signIn(fixture, "ada", device, peer: number < 6 ? "192.0.2.1" : "192.0.2.2").status)
        }

        #expect(statuses == Array(repeating: 200, count: 10) + [429, 429])
    }

    @Test("a device token does not help with another user: such sign-ins count against the source as well")
    func otherUsers() async throws {
        let fixture = try await fixture()
        for name in ["mallory", "ada"] { _ = try await fixture.authority.signIn(as: name) }
        let device = try #require(
            await signIn(fixture, "mallory", "", peer: "198.51.100.1").text("device_token"))
        for _ in 0..<10 { _ = await signIn(fixture, "nobody", "") }

        // Known or not, the answer is the same.
        for name in ["ada", "nobody", "no such name", "ada@example.test"] {
            #expect(await signIn(fixture, name, device, password: "a wrong guess").status == 429, "\(name)")
        }
        #expect(await signIn(fixture, "mallory", device).status == 200)
    }
}
