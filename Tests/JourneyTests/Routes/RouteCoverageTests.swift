// SPDX-License-Identifier: Apache-2.0

import AuthTestSupport
import Testing

/// Every route that the daemon says it has, called as it should be and in every way that it should refuse.
@Suite("Every route", .oneAtATime, .timeLimit(.minutes(10)))
struct RouteCoverageTests {
    // ASVS 6.3.4
    @Test("the described routes are those in the table of these tests", arguments: DatabaseKind.allCases)
    func tableIsComplete(on database: DatabaseKind) async throws {
        try await withStage(on: database) { described, _ in
            #expect(described.operations.subtracting(RouteTable.all.map(\.operation)) == [])
            #expect(Set(RouteTable.all.map(\.operation)).subtracting(described.operations) == [])
            for route in RouteTable.all {
                let operation = Comment(rawValue: route.operation)
                #expect(described.needsToken(route) == (route.caller != .anyone), operation)
                #expect(described.mediaTypes(of: route) == Set(route.bodies.map(\.rawValue)), operation)
                #expect(described.statuses(of: route).contains(String(route.status)), operation)
            }
        }
    }

    @Test("a good request is answered as described", arguments: DatabaseKind.allCases)
    func goodRequests(on database: DatabaseKind) async throws {
        try await withStage(on: database) { described, stage in
            for route in RouteTable.all {
                let response = try await stage().send(route)
                response.expect(route.status, route.operation)
                let required = described.requiredMembers(of: route)
                guard !required.isEmpty else { continue }
                let members = try response.json.object.map { Set($0.keys) } ?? []
                #expect(required.subtracting(members) == [], "\(route.operation) \(response)")
            }
        }
    }

    @Test("the prefix, a trailing slash and HEAD lead to the same", arguments: ["/api/v1", ""])
    func otherSpellings(prefix: String) async throws {
        try await withStage(on: .sqlite) { _, stage in
            let stage = try await stage()
            for route in RouteTable.all where route.method == "GET" {
                let request = try await route.request(stage)
                let token = stage.token(of: route.caller)
                let parts = (prefix + request.path).split(separator: "?", maxSplits: 1)
                let query = parts.count == 2 ? "?\(parts[1])" : ""
                let slash = parts[0].hasSuffix("/") ? "" : "/"
                let slashed = try await stage.daemon.exchange("GET", "\(parts[0])\(slash)\(query)", token: token)
                slashed.expect(route.status, route.operation)
                let head = try await stage.daemon.exchange("HEAD", prefix + request.path, token: token)
                head.expect(route.status, "HEAD " + route.operation)
                #expect(head.body.isEmpty, "\(route.operation)")
            }
        }
    }

    @Test("bad requests are refused, each with its problem", arguments: DatabaseKind.allCases)
    func badRequests(on database: DatabaseKind) async throws {
        try await withStage(on: database) { described, stage in
            for route in RouteTable.all {
                let refusals = RouteRefusals(route: route, stage: try await stage())
                try await refusals.checkCaller()
                try await refusals.checkMethod(described.methods(of: route.template))
                try await refusals.checkParameter()
                try await refusals.checkBody()
            }
        }
    }

    /// Lends what the daemon says of its routes, and stages, each with a fresh user.
    private func withStage(
        on database: DatabaseKind,
        _ body: (DescribedRoutes, () async throws -> RouteStage) async throws -> Void
    ) async throws {
        // One address sends all of these requests.
        let settings = [
            "RATE_LIMIT_ENABLED": "false", "SIGN_IN_BY_MAIL": "on", "CHANGE_FEED_SECRETS": RouteStage.serviceSecret,
        ]
        try await Installation.with(database, settings) { installation in
            try await installation.serving { daemon in
                let administrator = try await installation.administrator(of: daemon)
                let described = DescribedRoutes(try await daemon.exchange("GET", "/openapi.json").json)
                var count = 0
                try await body(described) {
                    count += 1
                    return RouteStage(
                        daemon: daemon, administrator: administrator, user: try await daemon.signUp("person-\(count)"))
                }
            }
        }
    }
}
