// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthDelivery
import AuthHTTP
import AuthHTTPServer
import AuthStorePostgres
import Testing

@testable import authd

@Suite("Examination of TLS, proxy, cookies and issuers")
struct NetworkExaminationTests {
    private static let now = Timestamp(seconds: 1_800_000_000)
    private static let base = "https://id.example"

    @Test("a certificate that ends within two weeks is a warning, and within three days a fault")
    func certificates() {
        func verdict(days: Int) -> DoctorFinding.Verdict {
            TransportExamination.certificate(
                end: Self.now + .seconds(86_400 * days + 60), of: Self.base, now: Self.now
            ).verdict
        }
        #expect([2, 3, 13, 14].map(verdict) == [.fault, .warning, .warning, .ok])
        #expect(verdict(days: -1) == .fault)
        #expect(TransportExamination.certificate(end: nil, of: Self.base, now: Self.now).verdict == .warning)
    }

    @Test("a certificate is not judged where the address is not reached")
    func unreached() async {
        let silent = ServingExamination { _ in
            .failure(.timedOut)
        } certificateEnd: { _ in
            .failure(.timedOut)
        }
        #expect(await silent.certificate(Self.base, now: Self.now).isEmpty)
        let reached = ServingExamination { _ in
            .failure(.timedOut)
        } certificateEnd: { url in
            url == "https://id.example/health" ? .success(Self.now + .seconds(86_400)) : .failure(.refusedURL)
        }
        #expect(await reached.certificate(Self.base, now: Self.now).map(\.verdict) == [.fault])
    }

    @Test("a way to PostgreSQL over a network must be encrypted, and the server's name be verified")
    func databases() {
        func verdict(_ host: String, _ mode: String?, _ isEncrypted: Bool) -> DoctorFinding.Verdict {
            TransportExamination.database([.init(name: host)], mode: mode, isEncrypted: isEncrypted).verdict
        }
        #expect(verdict("/run/postgresql", nil, false) == .ok && verdict("127.0.0.1", "disable", false) == .ok)
        #expect(
            verdict("db.example", "prefer", false) == .fault && verdict("db.example", "verify-full", false) == .fault)
        #expect(verdict("db.example", "require", true) == .warning && verdict("db.example", nil, true) == .warning)
        #expect(verdict("db.example", "verify-full", true) == .ok)
        #expect(TransportExamination.database([], mode: nil, isEncrypted: false).verdict == .ok)
    }

    private static func trust(_ networks: String) -> ProxyTrust {
        ProxyTrust(networks: IPNetwork.list(networks) ?? [])
    }

    @Test("events that all come from the proxy are a fault with the setting, and few of them a warning")
    func clients() {
        func finding(_ source: String, _ count: Int, _ trusted: String = "") -> DoctorFinding {
            ForwardingExamination.finding(
                sources: Array(repeating: source, count: count), proxies: Self.trust(trusted))
        }
        let untrusted = finding("10.0.0.2", 10)
        #expect(untrusted.verdict == .fault && untrusted.sentence.hasSuffix("set TRUSTED_PROXIES=10.0.0.2."))
        #expect(finding("10.0.0.2", 9).verdict == .warning && finding("127.0.0.1", 10).verdict == .fault)
        let silent = finding("10.0.0.2", 10, "10.0.0.0/8")
        #expect(silent.verdict == .fault && silent.sentence.contains("TRUSTED_PROXY_HEADER"))
        #expect(finding("203.0.113.9", 10).verdict == .ok)
        #expect(finding("10.0.0.2", 10, "127.0.0.1").verdict == .ok)
        #expect(finding("no address", 10).verdict == .warning)
    }

    @Test("several proxies in place of clients are a fault, and clients of one private network are none")
    func severalAddresses() {
        let sources = (0..<10).map { "10.0.0.\($0 % 2 + 1)" }
        let proxies = ForwardingExamination.finding(sources: sources, proxies: Self.trust("10.0.0.0/8"))
        #expect(proxies.verdict == .fault && proxies.sentence.contains("came from 10.0.0.1, 10.0.0.2, "))
        #expect(ForwardingExamination.finding(sources: sources, proxies: Self.trust("")).verdict == .ok)
        #expect(
            ForwardingExamination.finding(sources: sources + ["203.0.113.9"], proxies: Self.trust("10.0.0.0/8"))
                .sentence == "The daemon saw clients of 3 addresses in the last 11 events.")
        #expect(ForwardingExamination.finding(sources: [], proxies: Self.trust("")).verdict == .warning)
    }

    @Test("a proxy that sends no forwarding field is a fault, and one that shows the routes for monitoring a warning")
    func proxies() async {
        func findings(
            health: Result<[UInt8], FetchError>, metrics: Result<[UInt8], FetchError>
        ) async -> [DoctorFinding] {
            await ServingExamination { url in
                switch url {
                case "https://id.example/health/database": health
                case "https://id.example/metrics": metrics
                default: .failure(.refusedURL)
                }
            }
            .proxy(Self.base, proxies: ProxyTrust())
        }
        let hidden = Result<[UInt8], FetchError>.failure(.status(404))
        #expect(await findings(health: hidden, metrics: hidden).isEmpty)
        let direct = await findings(
            health: .success(Array(#"{"status":"healthy","pool":{"open":1}}"#.utf8)), metrics: hidden)
        #expect(direct.map(\.verdict) == [.fault, .warning])
        #expect(direct.first?.sentence.contains("let the proxy send X-Forwarded-For") == true)
        let open = await findings(health: .success(Array(#"{"status":"healthy"}"#.utf8)), metrics: .failure(.tooLarge))
        #expect(open.map(\.verdict) == [.warning])
        #expect(
            open.first?.sentence.hasPrefix("https://id.example/health/database and https://id.example/metrics ") == true
        )
        #expect(await findings(health: .success(Array("<html>".utf8)), metrics: hidden).map(\.verdict) == [.warning])
    }

    @Test("cookies need https, and pages of the same site, which come by https, too")
    func cookies() {
        func findings(_ url: String?, _ origins: Set<String> = [], isDevelopment: Bool = false) -> [DoctorFinding] {
            var http = HTTPConfiguration()
            http.publicURL = url
            http.allowedOrigins = origins
            http.isDevelopment = isDevelopment
            return CookieExamination.findings(http)
        }
        #expect(findings(nil).map(\.verdict) == [.warning])
        #expect(findings("http://id.example").map(\.verdict) == [.warning])
        #expect(findings(nil, isDevelopment: true).map(\.verdict) == [.ok])
        #expect(findings("https://id.example.com", ["https://app.example.com", "*"]).map(\.verdict) == [.ok])
        let mixed = findings(
            "https://id.example.com", ["http://app.example.com", "https://app.example.org", "https://example.com"])
        #expect(mixed.map(\.verdict) == [.warning, .warning])
        #expect(mixed.first?.sentence.contains("http://app.example.com, whose pages come in the clear") == true)
        #expect(mixed.last?.sentence.contains("https://app.example.org, which is another site") == true)
    }

    @Test("two hosts are of different sites where the last two names differ, and addresses where they differ")
    func sites() {
        #expect(!CookieExamination.isOtherSite("a.b.example.com", "EXAMPLE.com"))
        #expect(CookieExamination.isOtherSite("example.com", "example.org"))
        #expect(CookieExamination.isOtherSite("192.0.2.1", "198.51.2.1"))
        #expect(!CookieExamination.isOtherSite("localhost", "localhost"))
    }

    @Test("daemons of another issuer are a fault that names both issuers, and daemons that name none a warning")
    func issuers() {
        func session(_ issuer: String, _ address: String = "10.0.0.2") -> PostgresDaemonSessions {
            PostgresDaemonSessions(name: PostgresConfiguration.programName(issuer: issuer), address: address)
        }
        let same = PeerExamination.findings([session("https://a"), session("https://a", "")], issuer: "https://a")
        #expect(
            same == [
                DoctorFinding(
                    .ok, "issuer",
                    "Every daemon on this database (at 10.0.0.2, on the database's host) issues tokens of https://a.")
            ])
        let other = PeerExamination.findings([session("https://a"), session("https://b\u{1B}")], issuer: "https://a")
        #expect(other.map(\.verdict) == [.fault])
        #expect(
            other.first?.sentence.hasPrefix(
                "The daemon at 10.0.0.2 issues tokens of https://b\u{FFFD} and these settings say https://a: ") == true)
        #expect(PeerExamination.findings([], issuer: "https://a").map(\.verdict) == [.warning])
    }

    @Test("an issuer that is longer than the server's names is compared as far as the server keeps it")
    func longIssuers() {
        let issuer = "https://" + String(repeating: "a", count: 100)
        let name = PostgresConfiguration.programName(issuer: issuer)
        #expect(name.utf8.count == 63)
        #expect(
            PeerExamination.findings([PostgresDaemonSessions(name: name, address: "")], issuer: issuer).map(\.verdict)
                == [.ok])
    }
}
