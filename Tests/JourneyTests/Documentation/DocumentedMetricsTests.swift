// SPDX-License-Identifier: Apache-2.0

import AuthTestSupport
import Glibc
import Testing

/// The metrics that the documents name against those that a daemon shows.
@Suite("Documented metrics", .oneAtATime, .timeLimit(.minutes(5)))
struct DocumentedMetricsTests {
    /// Names that begin alike and are roles of PostgreSQL or cookies.
    private static let foreign: Set<String> = [
        "authd_owner", "authd_runtime", "authd_access", "authd_refresh", "authd_device", "authd_changes",
    ]

    @Test("every metric that the documents name is shown, and the page on deployment names every one, with its labels")
    func names() async throws {
        let page = try AuthdBinary.text(of: "docs/deployment.md")
        try await Installation.with(.sqlite) { installation in
            try await installation.serving { daemon in
                // The metrics of routes have no samples before the first request.
                try await daemon.send("GET", "/health").expect(200)
                let text = try await daemon.send("GET", "/metrics").body
                let shown = Set(text.matches(of: #/# TYPE (authd_\w+) /#).map { String($0.output.1) })
                #expect(shown.count > 20)

                for document in [
                    "README.md", "SECURITY.md", "CHANGELOG.md", "docs/deployment.md", "docs/abuse.md", "docs/mail.md",
                ] {
                    let named = try AuthdBinary.text(of: document).matches(of: #/authd_[a-z_]+/#).map {
                        String($0.output)
                    }
                    for name in Set(named).subtracting(Self.foreign) {
                        #expect(shown.contains(name), "\(document) names \(name)")
                    }
                }
                let paragraphs = page.split(separator: "\n\n")
                for name in shown {
                    let about = paragraphs.filter { $0.contains("`\(name)`") }.joined(separator: "\n")
                    #expect(!about.isEmpty, "\(name)")
                    for label in Self.labels(of: name, in: text) {
                        #expect(about.contains("`\(label)`"), "\(name) by \(label)")
                    }
                }
            }
        }
    }

    /// The labels of a metric's samples; those of a histogram's buckets are its format's own.
    private static func labels(of name: String, in text: String) -> Set<String> {
        let samples = text.split(separator: "\n").filter { $0.hasPrefix("\(name){") }
        return Set(samples.flatMap { $0.matches(of: #/[{,](\w+)="/#).map { String($0.output.1) } })
    }

    @Test("the gauges and the refusals of connections move when there is a reason")
    func movement() async throws {
        try await Installation.with(.sqlite, ["MAX_CONNECTIONS_PER_SOURCE": "40"]) { installation in
            try await installation.serving { daemon in
                let before = try await Self.values(of: daemon)
                for name in ["authd_cached_users", "authd_cached_principals", "authd_revocations"] {
                    #expect(before[name] == 0, "\(name)")
                }
                let (resident, files) = (
                    before["authd_memory_resident_bytes"] ?? 0, before["authd_memory_files_bytes"] ?? 0
                )
                #expect(0 < files && files < resident)
                #expect((1_000_000..<resident).contains(before["authd_memory_in_use_bytes"] ?? 0))
                #expect((0.0..<5).contains(before["authd_feed_silence_seconds"] ?? -1))

                let grace = try await daemon.signUp("grace")
                let ada = try await daemon.signUp("ada")
                let known = try await Self.values(of: daemon)
                #expect(known["authd_cached_users"] == 2 && known["authd_cached_principals"] == 2, "\(known)")
                try await daemon.send("POST", "/auth/logout", token: grace.access).expect(200)
                try await daemon.send("GET", "/auth/me", token: ada.access).expect(200)
                #expect(try await Self.values(of: daemon)["authd_revocations"] == 1)

                let port = try #require(UInt16(daemon.port))
                let idle = (0..<60).compactMap { _ in LoopbackSocket.connected(to: port) }
                defer { for one in idle { close(one) } }
                _ = await daemon.log(with: "connections refused")
                // Those that go make room for the one that asks.
                for one in idle.prefix(50) { shutdown(one, Int32(SHUT_RDWR)) }
                var refused = try? await Self.values(of: daemon)
                for _ in 0..<1_000 where refused == nil { refused = try? await Self.values(of: daemon) }
                #expect(refused?["authd_connections_refused_by_source_total"] ?? 0 > 0, "\(refused ?? [:])")
                #expect(refused?["authd_connections_refused_total"] == 0)
                #expect(refused?["authd_connections"] ?? 0 > 0)
            }
        }
    }

    /// The samples without labels.
    private static func values(of daemon: RunningDaemon) async throws -> [String: Double] {
        let answer = try await daemon.send("GET", "/metrics")
        guard answer.status == 200 else { throw Failure("\(answer)") }
        let lines = answer.body.split(separator: "\n").filter { !$0.hasPrefix("#") && !$0.contains("{") }
        return Dictionary(
            lines.compactMap { line in
                let words = line.split(separator: " ")
                guard words.count == 2, let value = Double(words[1]) else { return nil }
                return (String(words[0]), value)
            }, uniquingKeysWith: { $1 })
    }
}
