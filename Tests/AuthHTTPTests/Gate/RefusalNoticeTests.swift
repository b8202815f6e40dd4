// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthHTTPServer
import AuthTestSupport
import FoundationEssentials
import HTTPTypes
import Logging
import NIOCore
import Synchronization
import Testing

@testable import AuthHTTP

@Suite("Reasons of refusals in the log") struct RefusalNoticeTests {
    static let listed = "https://app.example.test"

    /// What is logged beside the lines of requests, and those lines.
    private func lines(
        _ configure: (inout HTTPConfiguration) -> Void = { _ in }, _ body: (APIFixture) async throws -> Void
    ) async throws -> (notices: [String], requests: [String]) {
        let log = LogLines()
        let fixture = try await APIFixture(log: log) { configuration in
            configuration.publicURL = "https://auth.example.test"
            configuration.allowedOrigins = [Self.listed]
            configuration.slowRequest = nil
            configure(&configuration)
        }
        try await body(fixture)
        return (log.all.filter { !$0.hasPrefix("request ") }, log.all.filter { $0.hasPrefix("request ") })
    }

    private static func preflight(from origin: String) -> [String: String] {
        ["Origin": origin, "Access-Control-Request-Method": "POST"]
    }

    @Test("every problem with 400 or 403 whose advice names a setting is logged with that setting")
    func problems() throws {
        var causes: Set<RefusalCause> = [.foreignOrigin]
        for kind in ProblemTests.all {
            let cause = RefusalCause(kind)
            if let cause {
                causes.insert(cause)
                #expect("\(cause.message)".contains(cause.setting), "\(kind.code)")
            }
            let settings = kind.advice.matches(of: #/`([A-Z]+(?:_[A-Z]+)+)`/#).map { String($0.output.1) }
            guard [.badRequest, .forbidden].contains(kind.status), !settings.isEmpty else { continue }
            #expect(settings.contains { $0 == cause?.setting }, "\(kind.code): \(settings)")
        }
        #expect(causes == Set(RefusalCause.allCases))
    }

    @Test("the settings that the lines name are settings")
    func settings() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let page = try String(contentsOf: root.appending(path: "docs/configuration.md"), encoding: .utf8)
        for cause in RefusalCause.allCases {
            for name in "\(cause.message) \(cause.setting)".matches(of: #/[A-Z]+(?:_[A-Z]+)+/#).map(\.output) {
                #expect(page.contains("### \(name)\n"), "\(name)")
            }
        }
    }

    @Test("every refusal has a reason in the log of requests", arguments: ProblemTests.all)
    func reasons(kind: ProblemKind) {
        #expect(ReplyFactory(HTTPConfiguration()).problem(Refusal(kind), id: nil).reason == kind.code)
    }

    @Test("a preflight of an origin that is not listed is logged, one of a listed origin is not")
    func preflights() async throws {
        let (notices, requests) = try await lines { fixture in
            _ = await fixture.send(.options, "/auth/login", fields: Self.preflight(from: Self.listed))
            for _ in 0..<3 {
                _ = await fixture.send(.options, "/auth/login", fields: Self.preflight(from: "http://localhost:5173"))
            }
            _ = await fixture.send(.options, "/auth/login", fields: ["Origin": "https://other.example.test"])
        }
        #expect(notices.count == 1, "\(notices)")
        let words = ["ALLOWED_ORIGINS", " origin=http://localhost:5173 ", " setting=ALLOWED_ORIGINS", " listed=false "]
        for word in words { #expect(notices.first?.contains(word) == true, "\(notices)") }
        #expect(requests.map { $0.contains("reason=origin_not_allowed") } == [false, true, true, true, false])
    }

    @Test("a request that CSRF protection refuses is logged with origin and site, and whether the origin is listed")
    func crossSite() async throws {
        for origin in ["https://evil.example.test", Self.listed] {
            let (notices, requests) = try await lines { fixture in
                let seen = await fixture.send(
                    .post, "/auth/login", #"{"username":"ada","password":"x"}"#,
                    fields: ["X-Auth-Mode": "cookie", "Origin": origin, "Sec-Fetch-Site": "cross-site"])
                #expect(seen.code == "csrf_refused")
            }
            #expect(notices.count == 1, "\(notices)")
            let isListed = origin == Self.listed
            for word in [
                "CSRF", "origin=\(origin) ", "listed=\(isListed) ", "site=cross-site",
                "public_url=https://auth.example.test ",
            ] {
                #expect(notices.first?.contains(word) == true, "\(notices)")
            }
            #expect(requests.first?.contains("reason=csrf_refused") == true, "\(requests)")
        }
    }

    @Test("cookie mode over plain HTTP and a source without address are logged with the peer")
    func settingsAtFault() async throws {
        let cookies = try await lines({ $0.publicURL = "http://auth.example.test" }) { fixture in
            let seen = await fixture.send(
                .post, "/auth/login", #"{"username":"ada","password":"x"}"#, fields: ["X-Auth-Mode": "cookie"])
            #expect(seen.code == "cookie_mode_unavailable")
        }
        #expect(cookies.notices.count == 1)
        #expect(cookies.notices.first?.contains("peer=192.0.2.1 setting=PUBLIC_URL") == true, "\(cookies.notices)")

        let unknown = try await lines({ $0.limits.isEnabled = true }) { fixture in
            let seen = await fixture.send(.post, "/auth/login", #"{"username":"ada","password":"x"}"#, peer: "none")
            #expect(seen.code == "forbidden")
        }
        #expect(unknown.notices.count == 1)
        #expect(unknown.notices.first?.contains("peer=none setting=TRUSTED_PROXIES") == true, "\(unknown.notices)")
    }

    @Test("what a client wrote is shortened, and its blanks, quotes and control characters are question marks")
    func hostileText() {
        let hostile = "https://a\u{1B}[31m\n b\"é" + String(repeating: "x", count: 10_000)
        let shown = RefusalNotices.shown(hostile)
        #expect(shown.hasPrefix("https://a?[31m??b\"??xxx"))
        #expect(shown.utf8.count == 100 + "…".utf8.count)
        #expect(RefusalNotices.shown(nil) == "none")
    }

    @Test("each cause is one line a minute, with the number of those left out")
    func minute() {
        let log = LogLines()
        let second = Mutex<Int64>(1)
        var configuration = HTTPConfiguration()
        configuration.publicURL = "https://auth.example.test"
        let notices = RefusalNotices(configuration, logger: Logger(label: "test") { _ in log.handler }) {
            NIODeadline.uptimeNanoseconds(0) + TimeAmount.seconds(second.withLock { $0 })
        }
        var head = HTTPRequest(method: .post, scheme: "https", authority: "auth.example.test", path: "/auth/login")
        head.headerFields[.origin] = "https://evil.example.test"
        let request = Request(head, peer: IPAddress("192.0.2.1"))

        for number in Int64(0)..<100 {
            second.withLock { $0 = 1 + number }
            notices.look(at: Refusal(.csrfRefused), of: request)
            notices.look(at: Refusal(.invalidCredentials), of: request)
        }
        notices.look(at: Refusal(.sessionLimitReached), of: request)

        #expect(log.all.count == 3, "\(log.all)")
        #expect(log.all.map { $0.contains("repeated=59") } == [false, true, false])
        #expect(log.all.last?.contains("SESSION_LIMIT_PER_USER") == true)
    }
}
