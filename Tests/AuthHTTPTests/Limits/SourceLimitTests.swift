// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthHTTPServer
import AuthService
import AuthStore
import AuthTesting
import HTTPTypes
import Testing

@testable import AuthHTTP

/// The limits as a client meets them.
@Suite("Limits by source") struct SourceLimitTests {
    func fixture(_ configure: (inout HTTPConfiguration) -> Void = { _ in }) async throws -> APIFixture {
        try await APIFixture { configuration in
            configuration.limits.isEnabled = true
            configure(&configuration)
        }
    }

    /// One guess, which costs a token of the sign-in bucket and is wrong.
    func guess(
        _ fixture: APIFixture, _ target: String = "/auth/login", name: String = "nobody", peer: String = "192.0.2.1",
        fields: [String: String] = [:]
    ) async -> Seen {
        await fixture.send(
            .post, target, #"{"username":"\#(name)","password":"a wrong guess"}"#, peer: peer, fields: fields)
    }

    // Behaviour H111
    @Test("beyond its limit a source is answered 429 with Retry-After, and is admitted again after it")
    func window() async throws {
        let fixture = try await fixture()
        for _ in 0..<10 { #expect(await guess(fixture).status == 401) }

        let refused = await guess(fixture)
        #expect(refused.status == 429 && refused.code == "rate_limited")
        let seconds = try #require(refused["retry-after"].flatMap(Int64.init))
        #expect(seconds == 6)
        fixture.authority.clock.advance(by: .seconds(seconds - 1))
        #expect(await guess(fixture).status == 429)
        fixture.authority.clock.advance(by: .seconds(1))
        #expect(await guess(fixture).status == 401)
        #expect(await guess(fixture).status == 429)
        fixture.authority.clock.advance(by: .seconds(60))
        for _ in 0..<10 { #expect(await guess(fixture).status == 401) }
        #expect(await guess(fixture).status == 429)
    }

    @Test("requesting a new address counts as a mail too, and changing anything else does not")
    func newAddresses() async throws {
        let fixture = try await fixture()
        let token = try await fixture.token("ada")
        func change(_ body: String) async -> UInt16 {
            fixture.authority.clock.advance(by: .seconds(6))
            return await fixture.send(.patch, "/users/me", body, token: token).status
        }
        func move(_ number: Int) async -> UInt16 {
            await change(
                #"{"email":"other\#(number)@example.test","current_password":"\#(TestAuthority.password)"}"#)
        }

        for number in 0..<5 { #expect(await move(number) == 200) }
        #expect(await move(5) == 429)
        #expect(await change(#"{"full_name":"Ada"}"#) == 200)
        #expect(await change(#"{"email":"ada@example.test"}"#) == 200)
        let asked = await fixture.send(.post, "/auth/password/reset/request", #"{"email":"ada@example.test"}"#)
        #expect(asked.status == 429)
    }

    // Behaviour H112
    @Test("of concurrent requests at the edge of a limit exactly as many are admitted as are left", arguments: [1, 3])
    func edge(left: Int) async throws {
        let fixture = try await fixture()
        for round in 0..<10 {
            let peer = "192.0.2.\(round)"
            for _ in 0..<(10 - left) { #expect(await guess(fixture, peer: peer).status == 401) }

            let statuses = await withTaskGroup(of: UInt16.self) { group in
                for _ in 0..<50 { group.addTask { await guess(fixture, peer: peer).status } }
                return await group.reduce(into: []) { $0.append($1) }
            }

            #expect(statuses.count { $0 == 401 } == left)
            #expect(statuses.count { $0 == 429 } == 50 - left)
        }
    }

    // Behaviour H113
    @Test("no spelling of the path or the query leads to another bucket")
    func spellings() async throws {
        let fixture = try await fixture()
        for _ in 0..<10 { #expect(await guess(fixture).status == 401) }

        for target in [
            "/auth/login", "/auth/login/", "/auth/login?", "/auth/login?x=1", "/auth/login/?a=b&c=d",
            "/api/v1/auth/login", "/api/v1/auth/login/?x", "/auth/%6cogin", "/%61uth/login", "/auth/login?_=2",
        ] {
            #expect(await guess(fixture, target).status == 429, "\(target)")
        }
        // Every way to present a password draws from the same bucket.
        for path in ["/auth/login/form", "/auth/token", "/token", "/api/v1/token/"] {
            #expect(await fixture.submit(path, "username=nobody&password=wrong").status == 429, "\(path)")
        }
        // These are no ways to it at all.
        for target in ["/Auth/Login", "/AUTH/LOGIN", "/auth//login", "/auth/./login", "/auth/login/x", "/auth%2flogin"]
        {
            #expect(await [400, 404].contains(guess(fixture, target).status), "\(target)")
        }
    }

    // Behaviour H114
    @Test("forwarding headers of an untrusted peer have no effect")
    func untrusted() async throws {
        let fixture = try await fixture()
        let names = ["X-Forwarded-For", "X-Real-IP", "Forwarded", "X-Client-IP", "True-Client-IP", "CF-Connecting-IP"]
        for number in 0..<10 {
            let name = names[number % names.count]
            let value = name == "Forwarded" ? "for=198.51.100.\(number)" : "198.51.100.\(number)"
            #expect(await guess(fixture, fields: [name: value]).status == 401)
        }

        for name in names {
            #expect(await guess(fixture, fields: [name: "198.51.100.99"]).status == 429, "\(name)")
        }
        let sources = try await fixture.authority.store.auditEvents(before: nil, limit: 100).map(\.event.source)
        #expect(Set(sources) == ["192.0.2.1"])
    }

    struct Chain: CustomTestStringConvertible {
        let testDescription: String
        let header: ProxyTrust.Header
        let name: String
        let value: String
        let source: String
    }

    // Behaviour H115
    @Test(
        "the right hop is limited and audited behind one, two and three proxies, by the configured header",
        arguments: [
            Chain(
                testDescription: "one", header: .xForwardedFor, name: "X-Forwarded-For",
                value: "203.0.113.66, 198.51.100.7", source: "198.51.100.7"),
            Chain(
                testDescription: "two", header: .xForwardedFor, name: "X-Forwarded-For",
                value: "203.0.113.66, 198.51.100.7, 10.0.0.2", source: "198.51.100.7"),
            Chain(
                testDescription: "three", header: .xForwardedFor, name: "X-Forwarded-For",
                value: "203.0.113.66, 198.51.100.7, 10.0.0.3, 10.0.0.2", source: "198.51.100.7"),
            Chain(
                testDescription: "Forwarded", header: .forwarded, name: "Forwarded",
                value: #"for=203.0.113.66, for="[2001:db8::7]:4711", for=10.0.0.2"#, source: "2001:db8::7"),
            Chain(
                testDescription: "X-Real-IP", header: .xRealIP, name: "X-Real-IP", value: "198.51.100.7",
                source: "198.51.100.7"),
        ])
    func hops(_ chain: Chain) async throws {
        let fixture = try await fixture {
            $0.proxies = ProxyTrust(networks: IPNetwork.list("10.0.0.0/8") ?? [], header: chain.header)
        }
        func guessBehind(_ value: String) async -> Seen {
            await guess(fixture, peer: "10.0.0.1", fields: [chain.name: value])
        }
        for _ in 0..<10 { #expect(await guessBehind(chain.value).status == 401) }

        #expect(await guessBehind(chain.value).status == 429)
        // What the client wrote itself makes no difference, and another client behind the same proxies has its own.
        #expect(await guessBehind(chain.value.replacing("203.0.113.66", with: "203.0.113.67")).status == 429)
        let other = chain.value.replacing("198.51.100.7", with: "198.51.100.8").replacing("db8::7", with: "db8:1::8")
        #expect(await guessBehind(other).status == 401)
        await fixture.service.completeDeferredWork()
        let events = try await fixture.authority.store.auditEvents(before: nil, limit: 100).map(\.event)
        let own = events.filter { $0.source == chain.source }
        #expect(own.reduce(0) { $0 + $1.count } == 10)
        #expect(events.reduce(0) { $0 + $1.count } == 11)
    }

    // Behaviour H116
    @Test("the addresses of one /64 are one source, and an IPv4-mapped address equals its IPv4 address")
    func networks() async throws {
        let fixture = try await fixture()
        for number in 0..<10 { #expect(await guess(fixture, peer: "2001:db8:0:1::\(number)").status == 401) }
        #expect(await guess(fixture, peer: "2001:db8:0:1:ffff:ffff:ffff:ffff").status == 429)
        #expect(await guess(fixture, peer: "2001:db8:0:2::1").status == 401)

        for number in 0..<10 {
            #expect(await guess(fixture, peer: number % 2 == 0 ? "192.0.2.9" : "::ffff:192.0.2.9").status == 401)
        }
        #expect(await guess(fixture, peer: "::ffff:192.0.2.9").status == 429)
        #expect(await guess(fixture, peer: "::ffff:c000:209").status == 429)
        #expect(await guess(fixture, peer: "192.0.2.9").status == 429)
        #expect(await guess(fixture, peer: "192.0.2.10").status == 401)
    }

    // Behaviour H117
    @Test("a client without an address is rejected or not limited, as configured, and never shares a bucket")
    func noAddress() async throws {
        let strict = try await fixture()
        for _ in 0..<20 { #expect(await guess(strict, peer: "").code == "forbidden") }
        #expect(await strict.send(.get, "/health", peer: "").status == 200)
        #expect(await guess(strict).status == 401)

        let lenient = try await fixture { $0.limits.refusesUnknownSources = false }
        for _ in 0..<20 { #expect(await guess(lenient, peer: "").status == 401) }
    }

    // Behaviour H120
    @Test("one password tried at many users is limited by its source")
    func spraying() async throws {
        let fixture = try await fixture()
        for number in 0..<20 { _ = try await fixture.token("user-\(number)") }

        var statuses: [UInt16] = []
        for number in 0..<20 { statuses.append(await guess(fixture, name: "user-\(number)").status) }

        #expect(statuses == Array(repeating: 401, count: 10) + Array(repeating: 429, count: 10))
        #expect(await guess(fixture, name: "user-0", peer: "192.0.2.2").status == 401)
    }

    /// The kinds that AuthHTTP has routes of; the pages of mailed actions are in AuthPages.
    private static let kinds = LimitClass.allCases.filter { $0 != .none && $0 != .page }

    // Behaviour H122
    @Test("each kind of request has a limit of its own", arguments: kinds)
    func classes(_ spent: LimitClass) async throws {
        let fixture = try await fixture()
        let token = try await fixture.token("root", role: .admin)
        func send(_ endpoint: Endpoint) async throws -> Seen {
            let method = try #require(HTTPRequest.Method(endpoint.method.rawValue))
            return await fixture.send(
                method, APITable.target(of: endpoint), endpoint.body == nil ? nil : "{}",
                token: endpoint.access == .anyone ? nil : token)
        }
        // Signing out and changing the password would end the session that the others are asked with: not with `{}`.
        let limited = APITable.endpoints(fixture).filter {
            $0.limit != .none && !($0.tag == .probes)
        }
        #expect(Set(limited.map(\.limit)) == Set(Self.kinds))
        let capacity = try #require(RateLimits().rules[spent]?.capacity)
        let first = try #require(limited.first { $0.limit == spent })
        for _ in 0..<capacity { #expect(try await send(first).status != 429) }

        var asked: [LimitClass: Int] = [:]
        for endpoint in limited {
            // A class with more routes than its bucket holds is spent by asking for each of them.
            asked[endpoint.limit, default: 0] += 1
            let capacity = try #require(RateLimits().rules[endpoint.limit]?.capacity)
            guard endpoint.limit == spent || asked[endpoint.limit, default: 0] <= capacity else { continue }
            #expect((try await send(endpoint).status == 429) == (endpoint.limit == spent), "\(endpoint.operationID)")
        }
    }
}
