// SPDX-License-Identifier: Apache-2.0

import AuthTestSupport
import Testing

/// The ways in which a route should refuse.
struct RouteRefusals {
    let route: RouteCase
    let stage: RouteStage

    /// Without a token, with a forged one, and as a user whose role does not suffice.
    func checkCaller() async throws {
        guard route.caller != .anyone else { return }
        let request = try await route.request(stage)
        for prefix in ["", "/api/v1"] {
            try await stage.send(route, request, body: request.body, token: nil, prefix: prefix)
                .expectProblem(401, "unauthenticated", route.operation)
        }
        let forged = String(stage.user.access.dropLast(4)) + "AAAA"
        try await stage.send(route, request, body: request.body, token: forged)
            .expectProblem(401, "invalid_token", route.operation)
        if route.caller == .service {
            for user in [stage.user, stage.administrator] {
                try await stage.send(route, request, body: request.body, token: user.access)
                    .expectProblem(401, "invalid_token", route.operation)
            }
        }
        if route.caller == .administrator {
            let another = try await stage.daemon.signUp("no-admin-\(stage.user.username)")
            let response = try await stage.send(route, request, body: request.body, token: another.access)
            response.expectProblem(403, nil, route.operation)
        }
    }

    /// With a method that the path does not have.
    func checkMethod(_ methods: Set<String>) async throws {
        let request = try await route.request(stage)
        guard route.template != "/auth/verify" else {
            // Proxies ask it with the methods of their own clients.
            for method in ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND"] {
                let response = try await stage.daemon.exchange(method, request.path, token: stage.user.access)
                response.expect(204, "\(method) \(route.template)")
            }
            return
        }
        guard let other = ["DELETE", "PATCH", "PUT", "POST", "GET"].first(where: { !methods.contains($0) }) else {
            return
        }
        let response = try await stage.daemon.exchange(other, request.path)
        response.expectProblem(405, "method_not_allowed", "\(other) \(route.template)")
        let allowed = Set((response[field: "allow"] ?? "").split(separator: ", ").map(String.init))
        #expect(methods.subtracting(allowed) == [], "\(route.operation)")
        #expect(!allowed.contains(other), "\(route.operation)")
    }

    /// With a path that names nothing.
    func checkParameter() async throws {
        guard route.hasParameter else { return }
        let request = try await route.request(stage)
        for unknown in [RouteTable.unknownID, "nothing"] {
            let path = route.template.replacing("{id}", with: unknown).replacing("{slug}", with: unknown)
                .replacing("{session_id}", with: unknown).replacing("{item_id}", with: unknown)
                .replacing("{action}", with: unknown).replacing("{provider}", with: unknown)
                // What can be a role's name may be defined.
                .replacing("{name}", with: unknown.uppercased())
            try await stage.send(
                route, RouteCase.Request(path), body: request.body, token: stage.token(of: route.caller)
            ).expectProblem(404, "not_found", "\(route.operation) \(path)")
        }
    }

    /// With bodies that cannot be read, are of another kind, too large or without their fields.
    func checkBody() async throws {
        guard let preferred = route.bodies.first else { return }
        let request = try await route.request(stage)
        let token = stage.token(of: route.caller)
        func send(_ body: String, _ type: String) async throws -> Response {
            try await stage.send(route, request, body: body, token: token, type: type)
        }
        for body in route.bodies {
            let (malformed, code) = body == .json ? (#"{"a":"#, "malformed_json") : ("a=%zz", "malformed_form")
            try await send(malformed, body.rawValue).expectProblem(400, code, route.operation)
        }
        try await send(request.body ?? "", "text/plain").expectProblem(415, "unsupported_media_type", route.operation)
        let large = String(repeating: "a", count: 70_000)
        try await send(preferred == .json ? #"{"a":"\#(large)"}"# : "a=\(large)", preferred.rawValue)
            .expectProblem(413, "body_too_large", route.operation)
        guard route.hasRequiredFields else { return }
        try await send(preferred == .json ? "{}" : "a=b", preferred.rawValue)
            .expectProblem(422, "validation_failed", route.operation)
    }
}
