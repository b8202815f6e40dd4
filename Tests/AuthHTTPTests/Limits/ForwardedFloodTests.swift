// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthHTTPServer
import AuthService
import AuthTesting
import HTTPTypes
import Testing

@testable import AuthHTTP

/// The flood as a proxy passes it on: every request goes through the whole interface.
@Suite("A flood of addresses behind a trusted proxy", .timeLimit(.minutes(5))) struct ForwardedFloodTests {
    @Test("new addresses sign in, and a user refreshes and signs in on a known device, while one /48 floods")
    func flood() async throws {
        let fixture = try await APIFixture { configuration in
            configuration.limits.isEnabled = true
            configuration.proxies = ProxyTrust(networks: IPNetwork.list("192.0.2.1/32") ?? [])
        }
        func send(_ target: String, _ json: String, from source: String) async -> Seen {
            await fixture.send(.post, target, json, fields: ["X-Forwarded-For": source])
        }
        // The owner moves about in the network from which the flood comes.
        var home = "2001:db8:1:ffff::7"
        _ = try await fixture.authority.signIn(as: "owner")
        let password = TestAuthority.password
        func signIn(_ device: String) async -> Seen {
            await send(
                "/auth/login", #"{"username":"owner","password":"\#(password)","device_token":"\#(device)"}"#,
                from: home)
        }
        let first = await signIn("")
        var refreshToken = try #require(first.text("refresh_token"))
        var device = try #require(first.text("device_token"))

        for number in 0..<22_500 {
            let source = "2001:db8:1:\(String(number, radix: 16))::1"
            for target in ["/auth/register", "/auth/password/reset/request", "/auth/login"] {
                _ = await send(target, "{}", from: source)
            }
            if number % 20 == 0 { _ = await send("/auth/refresh", "{}", from: source) }
            if number % 75 == 0 { fixture.authority.clock.advance(by: .milliseconds(15)) }
            guard number % 2_250 == 2_249 else { continue }
            home = "2001:db8:1:ff\(number / 2_250 + 10)::7"
            let refreshed = await send("/auth/refresh", #"{"refresh_token":"\#(refreshToken)"}"#, from: home)
            #expect(refreshed.status == 200, "\(number)")
            refreshToken = refreshed.text("refresh_token") ?? refreshToken
            let again = await signIn(device)
            #expect(again.status == 200, "\(number)")
            device = again.text("device_token") ?? device
        }

        var refused = 0
        for number in 1...60 {
            let seen = await send(
                "/auth/login", #"{"username":"nobody","password":"a wrong guess"}"#, from: "2001:db8:2:\(number)::1")
            if seen.status == 429 { refused += 1 }
        }
        #expect(refused == 0)
        // The flood itself is held to what its /48 may do.
        let flooding = await send("/auth/register", "{}", from: "2001:db8:1:eeee::1")
        #expect(flooding.status == 429)
        let metrics = await fixture.send(.get, "/metrics").text
        let counted = try #require(metrics.firstMatch(of: #/\nauthd_rate_limit_aggregated_total (\d+)\n/#)).output.1
        #expect(Int(counted) ?? 0 > 1_000)
    }
}
