// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthHTTPServer
import AuthService
import AuthStore
import AuthTesting
import HTTPTypes
import Testing

@testable import AuthHTTP

@Suite("Audit log") struct AuditTests {
    @Test("an administrator reads the events with their true reasons, and the answer must not be stored")
    func reading() async throws {
        let fixture = try await APIFixture()
        let admin = try await fixture.token("root", role: .admin)
        let login = #"{"username":"root","password":"not the password"}"#
        let refused = await fixture.send(
            .post, "/auth/login", login, peer: "192.0.2.9", fields: ["user-agent": "probe/1"])
        #expect(refused.status == 401)
        try await fixture.service.audit.seal()

        let page = await fixture.send(.get, "/audit?action=sign_in&outcome=refused", token: admin)

        #expect(page.status == 200)
        #expect(page["cache-control"] == "no-store")
        let event = try #require(page.json?["items"]?.arrayValue?.first?.objectValue)
        #expect(event["action"]?.stringValue == "sign_in")
        #expect(event["outcome"]?.stringValue == "refused")
        #expect(event["reason"]?.stringValue?.isEmpty == false)
        #expect(event["target"]?.stringValue == (try await fixture.id(of: "root")))
        #expect(event["source"]?.stringValue == "192.0.2.9")
        #expect(event["user_agent"]?.stringValue == "probe/1")
        #expect(event["sequence"]?.int64Value != nil)
        #expect(event["request_id"]?.stringValue?.isEmpty == false)
    }

    @Test("pages visit the whole log without repeating or losing an event")
    func pages() async throws {
        let fixture = try await APIFixture()
        let admin = try await fixture.token("root", role: .admin)
        for number in 0..<5 { _ = try await fixture.token("user\(number)") }
        let all = await fixture.send(.get, "/audit?limit=100", token: admin)
        let expected = Self.ids(all)
        #expect(expected.count == 12)
        #expect(all.json?["next_cursor"]?.isNull == true)

        var seen: [Int64] = []
        var target = "/audit?limit=5"
        while true {
            let page = await fixture.send(.get, target, token: admin)
            seen += Self.ids(page)
            guard let next = page.text("next_cursor") else { break }
            target = "/audit?limit=5&cursor=\(next)"
        }

        #expect(seen == expected)
    }

    @Test("filters narrow the log, and invalid ones are rejected by name")
    func filters() async throws {
        let fixture = try await APIFixture()
        let admin = try await fixture.token("root", role: .admin)
        _ = try await fixture.token("ada")
        let ada = try await fixture.id(of: "ada")
        func count(_ query: String) async -> Int {
            Self.ids(await fixture.send(.get, "/audit?\(query)", token: admin)).count
        }

        #expect(await count("target=\(ada)") == 2)
        #expect(await count("target=\(ada)&action=sign_in") == 1)
        #expect(await count("actor=\(ada)&action=user_deleted") == 0)
        #expect(await count("from=1970-01-01T00:00:00Z&to=9999-01-01T00:00:00Z") == 4)
        #expect(await count("from=9999-01-01T00:00:00Z") == 0)
        #expect(await count("to=1970-01-01T00:00:00Z") == 0)
        for field in ["action", "outcome", "actor", "target", "from", "to", "limit", "cursor"] {
            let refused = await fixture.send(.get, "/audit?\(field)=x", token: admin)
            #expect(refused.code == "invalid_query")
            #expect(refused.wrongFields == [field])
        }
        #expect(await fixture.send(.get, "/audit?other=1", token: admin).code == "invalid_query")
    }

    @Test("rejections of a /48 beyond its share are one event with their count and the network")
    func counted() async throws {
        let fixture = try await APIFixture()
        let admin = try await fixture.token("root", role: .admin)
        for number in 0..<300 {
            let refused = await fixture.send(
                .post, "/auth/password/reset/confirm", #"{"token":"aot_junk","new_password":"another fine password"}"#,
                peer: "2001:db8:1:\(number)::1")
            #expect(refused.status == 400)
        }
        await fixture.service.completeDeferredWork()

        let page = await fixture.send(.get, "/audit?limit=100&action=password_reset", token: admin)

        let events = (page.json?["items"]?.arrayValue ?? []).compactMap(\.objectValue)
        let counts = events.compactMap { $0["count"]?.int64Value }
        #expect(events.count == RefusalTally.eventsPerNetwork + RefusalTally.countsPerNetwork + 1)
        #expect(counts.reduce(0, +) == 300)
        let network = try #require(events.first { $0["source"]?.stringValue == "2001:db8:1::/48" })
        #expect(network["count"]?.int64Value == counts.max())
        #expect(network["outcome"]?.stringValue == "refused" && network["reason"]?.stringValue == "unknown")
    }

    @Test("line ends and escapes that a client sent stay escaped")
    func escaping() async throws {
        let fixture = try await APIFixture()
        let admin = try await fixture.token("root", role: .admin)
        let context = OperationContext(
            now: fixture.authority.clock.now, userAgent: "a\r\n2026 notice audit checkpoint\u{1B}[2J\u{2028}\"b\"")
        try await fixture.authority.store.record([AuditEvent(.mailFailed, in: context)])

        let page = await fixture.send(.get, "/audit?limit=1", token: admin)

        #expect(page.reply.body.allSatisfy { $0 >= 0x20 })
        let event = page.json?["items"]?.arrayValue?.first?.objectValue
        #expect(event?["user_agent"]?.stringValue == context.userAgent)
    }

    private static func ids(_ page: Seen) -> [Int64] {
        (page.json?["items"]?.arrayValue ?? []).compactMap { $0.objectValue?["id"]?.int64Value }
    }
}
