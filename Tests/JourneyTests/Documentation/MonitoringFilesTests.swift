// SPDX-License-Identifier: Apache-2.0

import AuthTestSupport
import Foundation
import Testing

/// The alerts for Prometheus and the dashboard for Grafana, judged by `promtool` and by what a daemon shows.
@Suite("Alerts and dashboard", .oneAtATime, .timeLimit(.minutes(5)))
struct MonitoringFilesTests {
    private static let folder = AuthdBinary.package.appending(path: "packaging/prometheus").path
    private static let rules = "packaging/prometheus/authd.rules.yml"
    private static let dashboard = "packaging/grafana/authd.json"

    @Test("Prometheus takes the alerts, and each fires for what its example shows, and for nothing else")
    func alerts() async throws {
        for words in [
            ["check", "rules", "--lint-fatal", "authd.rules.yml"], ["test", "rules", "authd.rules.test.yml"],
        ] {
            var command = Command(["promtool"] + words)
            command.directory = Self.folder
            let outcome = try await command.run()
            #expect(outcome.succeeded, "\(outcome)")
        }
        // None without an example that it fires for.
        let named = Set(try await Self.alerts().compactMap { $0["alert"]?.string })
        let examples = try AuthdBinary.text(of: "packaging/prometheus/authd.rules.test.yml")
        let fired = Set(examples.matches(of: #/labels: '\{alertname="(\w+)"/#).map { String($0.output.1) })
        #expect(named == fired)
        #expect(named.count > 15)
    }

    @Test("an alert says how bad it is, what has happened, and which section of the page on deployment helps")
    func annotations() async throws {
        let headings = Set(MarkdownPage(try AuthdBinary.text(of: "docs/deployment.md")).headings)
        for alert in try await Self.alerts() {
            let name = try #require(alert["alert"]?.string)
            #expect(["critical", "warning"].contains(alert["labels"]?["severity"]?.string), "\(name)")
            let notes = try #require(alert["annotations"]?.object?.compactMapValues { $0.string }, "\(name)")
            #expect(Set(notes.keys) == ["summary", "description", "page"], "\(name)")
            #expect(notes["description"]?.last == ".", "\(name)")
            #expect(notes["page"].map(headings.contains) == true, "\(name): \(notes["page"] ?? "")")
        }
    }

    @Test("every metric, label and route that alerts and dashboard ask for is one of the daemon")
    func names() async throws {
        let queries = try await Self.alerts().compactMap { $0["expr"]?.string } + Self.queries()
        try #require(queries.count > 40)
        var (shown, routes) = ("", Set(["/auth/changes"]))
        // Only a daemon on PostgreSQL has a pool of connections.
        for database in DatabaseKind.allCases {
            try await Installation.with(database) { installation in
                try await installation.serving { daemon in
                    _ = try await daemon.signUp("grace")
                    shown += try await daemon.send("GET", "/metrics").body
                    routes.formUnion(
                        try #require(try await daemon.send("GET", "/openapi.json").json["paths"]?.object?.keys))
                }
            }
        }
        let types = Dictionary(
            shown.matches(of: #/# TYPE (authd_\w+) (\w+)/#).map { (String($0.output.1), String($0.output.2)) },
            uniquingKeysWith: { $1 })
        for query in queries {
            for name in Set(query.matches(of: #/authd_[a-z_]+/#).map { String($0.output) }) {
                let family = name.replacing(#/_(?:bucket|count|sum)$/#, with: "")
                let isKnown = types[name] != nil || types[family] == "histogram"
                #expect(isKnown, "\(name) in \(query)")
                // What only grows is asked for its growth, and only that.
                let grows = query.contains(try Regex("(?:rate|increase)\\(\(name)[{\\[]"))
                #expect(grows == (types[name] == "counter" || types[family] == "histogram"), "\(name) in \(query)")
            }
            for (label, value) in query.matches(of: #/(\w+)=~?"([^"]*)"/#).map({ ($0.output.1, $0.output.2) }) {
                switch label {
                case "job": #expect(["authd", "$job"].contains(value), "\(query)")
                case "route":
                    for route in value.split(separator: "|") {
                        #expect(routes.contains(String(route)), "\(route) in \(query)")
                    }
                case "status": #expect(["4xx", "5xx"].contains(value), "\(query)")
                default: #expect(shown.contains("\(label)=\"\(value)\""), "\(label)=\(value) in \(query)")
                }
            }
        }
    }

    @Test("Prometheus can read every query of the dashboard")
    func dashboardQueries() async throws {
        let directory = try TemporaryDirectory()
        defer { directory.remove() }
        let queries = try Self.queries()
        let lines = queries.enumerated().map { index, query in
            let filled = query.replacing("$job", with: "authd").replacing("$__rate_interval", with: "5m")
            return "  - {record: 'query:\(index)', expr: '\(filled)'}"
        }
        try directory.write("groups:\n- name: dashboard\n  rules:\n\(lines.joined(separator: "\n"))\n", to: "rules.yml")

        let outcome = try await Command("promtool", "check", "rules", directory.file("rules.yml")).run()

        #expect(outcome.succeeded && outcome.output.contains("SUCCESS: \(queries.count) rules found"), "\(outcome)")
    }

    @Test("a panel of the dashboard has a number and a place of its own, and a title")
    func panels() throws {
        let panels = try #require(JSONValue(parsing: AuthdBinary.text(of: Self.dashboard))["panels"]?.array)
        #expect(Set(panels.compactMap { $0["id"]?.number }).count == panels.count)
        #expect(Set(panels.compactMap { $0["title"]?.string }).count == panels.count)
        let places = try panels.map { panel in
            try ["x", "y", "w", "h"].map { Int(try #require(panel["gridPos"]?[$0]?.number)) }
        }
        for (index, one) in places.enumerated() {
            #expect(one[0] + one[2] <= 24)
            for other in places.dropFirst(index + 1) {
                let isBeside = one[0] + one[2] <= other[0] || other[0] + other[2] <= one[0]
                let isAbove = one[1] + one[3] <= other[1] || other[1] + other[3] <= one[1]
                #expect(isBeside || isAbove, "\(one) \(other)")
            }
        }
    }

    @Test("Prometheus takes the page's job, with the alerts that it names")
    func job() async throws {
        let directory = try TemporaryDirectory()
        defer { directory.remove() }
        let page = MarkdownPage(try AuthdBinary.text(of: "docs/deployment.md"))
        let text = try page.text("Alerts and a dashboard #1").adapted([
            ("/etc/prometheus/authd.rules.yml", "\(Self.folder)/authd.rules.yml")
        ])
        try directory.write(text, to: "prometheus.yml")

        let outcome = try await Command("promtool", "check", "config", directory.file("prometheus.yml")).run()

        #expect(outcome.succeeded && outcome.output.contains("1 rule files found"), "\(outcome)")
        #expect(try AuthdBinary.text(of: Self.rules).contains(#"up{job="authd"}"#) && text.contains("job_name: authd"))
    }

    private static func alerts() async throws -> [JSONValue] {
        let groups = try await YAMLFile.documents(of: rules).first?["groups"]?.array ?? []
        return groups.flatMap { $0["rules"]?.array ?? [] }
    }

    /// What the panels of the dashboard ask.
    private static func queries() throws -> [String] {
        let panels = try JSONValue(parsing: AuthdBinary.text(of: dashboard))["panels"]?.array ?? []
        return panels.flatMap { $0["targets"]?.array ?? [] }.compactMap { $0["expr"]?.string }
    }
}
