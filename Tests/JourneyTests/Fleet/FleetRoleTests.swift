// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthTestSupport
import AuthTokens
import Foundation
import Testing

/// Roles that are defined at one of several daemons, as the others and a resource server know them.
@Suite("Roles among several daemons", .oneAtATime, .timeLimit(.minutes(10)))
struct FleetRoleTests {
    private static func file(_ permissions: String) -> String {
        #"{"roles":[{"name":"editor","description":"Writes notes.","permissions":\#(permissions)}]}"#
    }

    /// Lends three daemons that read one file of roles, and its path.
    private static func withFleet(_ body: (Fleet, String, SignedIn) async throws -> Void) async throws {
        let directory = try TemporaryDirectory()
        defer { directory.remove() }
        try directory.write(file(#"["me","notes"]"#), to: "roles.json")
        let settings = [
            "ROLES_FILE": directory.file("roles.json"), "CHANGE_FEED_SECRETS": RouteStage.serviceSecret,
            "TOKEN_ISSUER": "https://id.example.test", "RATE_LIMIT_ENABLED": "false", "ARGON2_MEMORY_KIB": "7168",
            "ARGON2_ITERATIONS": "5",
        ]
        try await Installation.withFleet(settings) { fleet in
            let root = try await fleet.installation.administrator(of: fleet.daemons[0])
            try await body(fleet, directory.file("roles.json"), root)
        }
    }

    /// Asks every daemon whether it lets a token pass to a route that needs a permission, until it answers so.
    private static func expect(
        _ status: Int, _ permission: String, _ token: String, in fleet: Fleet
    ) async throws {
        for daemon in fleet.daemons {
            _ = try await daemon.poll(for: status, "/auth/verify?scope=\(permission)", token: token)
        }
    }

    /// A user of a role, signed in at the last daemon after all daemons know the role.
    private static func member(
        _ name: String, of role: String, by root: SignedIn, in fleet: Fleet
    ) async throws -> SignedIn {
        for daemon in fleet.daemons { _ = try await daemon.poll(for: 200, "/roles/\(role)", token: root.access) }
        let user = try await fleet.daemons[0].signUp(name)
        try await fleet.daemons[1].send(
            "PUT", "/users/\(user.id)/role", token: root.access, json: #"{"role":"\#(role)"}"#
        ).expect(200)
        return try await fleet.daemons[2].signIn(name)
    }

    @Test("a role defined by file, by command and by the API guards routes of all daemons and of a resource server")
    func definitions() async throws {
        try await Self.withFleet { fleet, _, root in
            let set = try await fleet.installation.authd(
                "role", "set", "author", "me", "drafts", "--description", "Writes drafts.")
            #expect(set.succeeded, "\(set)")
            try await fleet.daemons[1].send(
                "PUT", "/roles/reviewer", token: root.access, json: #"{"permissions":["me","reviews"]}"#
            ).expect(201)
            try await Follower.following(fleet.daemons[1]) { server in
                for (role, permission) in [("editor", "notes"), ("author", "drafts"), ("reviewer", "reviews")] {
                    let member = try await Self.member("one-\(role)", of: role, by: root, in: fleet)
                    try await Self.expect(204, permission + ":write", member.access, in: fleet)
                    try await Self.expect(403, "users:read", member.access, in: fleet)
                    // The resource server has only the token.
                    try await server.expect(nil, of: member.access)
                    let claims = try server.verifier.verify(member.access, at: Follower.now()).claims
                    let scope = try #require(Scope(parsing: claims.scope))
                    let wanted = try #require(Permission(permission + ":write"))
                    #expect(claims.role == role && scope.covers(wanted))
                }
            }
        }
    }

    @Test("less in the file, by command or by the API is refused by all daemons and by a resource server")
    func narrowing() async throws {
        try await Self.withFleet { fleet, path, root in
            let set = try await fleet.installation.authd("role", "set", "author", "me", "drafts")
            #expect(set.succeeded, "\(set)")
            let definition = #"{"permissions":["me","reviews"]}"#
            try await fleet.daemons[1].send("PUT", "/roles/reviewer", token: root.access, json: definition).expect(201)
            let editor = try await Self.member("mary", of: "editor", by: root, in: fleet)
            let author = try await Self.member("ada", of: "author", by: root, in: fleet)
            let reviewer = try await Self.member("grace", of: "reviewer", by: root, in: fleet)
            try await Follower.following(fleet.daemons[2]) { server in
                for member in [editor, author, reviewer] { try await server.expect(nil, of: member.access) }

                try Data(Self.file(#"["me","notes:read"]"#).utf8).write(to: URL(fileURLWithPath: path))
                try await Self.expect(403, "notes:write", editor.access, in: fleet)
                try await Self.expect(204, "notes:read", editor.access, in: fleet)
                let narrowed = try await fleet.installation.authd("role", "set", "author", "me")
                #expect(narrowed.succeeded, "\(narrowed)")
                try await Self.expect(403, "drafts", author.access, in: fleet)
                try await fleet.daemons[0].send(
                    "PUT", "/roles/reviewer", token: root.access, json: #"{"permissions":["me"]}"#
                ).expect(200)
                try await Self.expect(403, "reviews", reviewer.access, in: fleet)

                for member in [editor, author, reviewer] {
                    try await server.expect(.revoked, of: member.access)
                    // The session goes on with what is left.
                    let next = try await fleet.daemons[0].send(
                        "POST", "/auth/refresh", json: #"{"refresh_token":"\#(member.refresh)"}"#)
                    next.expect(200)
                    try await server.expect(nil, of: try next.text("access_token"))
                }
                let refused = try await fleet.daemons[0].send(
                    "PUT", "/roles/editor", token: root.access, json: #"{"permissions":["notes"]}"#)
                refused.expect(409)
                #expect(try refused.text("code") == "role_from_file")
            }
        }
    }

    @Test("a permission beside the role is granted and revoked by command and by the API, on all daemons")
    func permissions() async throws {
        try await Self.withFleet { fleet, _, root in
            let ada = try await fleet.daemons[0].signUp("ada")
            try await Self.expect(403, "reports:read", ada.access, in: fleet)

            let granted = try await fleet.installation.authd("user", "grant", "ada", "reports:read")
            #expect(granted.succeeded && granted.output.contains("reports:read"), "\(granted)")

            for daemon in fleet.daemons { _ = try await daemon.poll(for: 401, "/auth/me", token: ada.access) }
            let again = try await fleet.daemons[1].signIn("ada")
            try await Self.expect(204, "reports:read", again.access, in: fleet)

            try await fleet.daemons[2].send(
                "PUT", "/users/\(ada.id)/permissions", token: root.access, json: #"{"permissions":[]}"#
            ).expect(200)
            for daemon in fleet.daemons { _ = try await daemon.poll(for: 401, "/auth/me", token: again.access) }
            let last = try await fleet.daemons[0].signIn("ada")
            try await Self.expect(403, "reports:read", last.access, in: fleet)
        }
    }
}
