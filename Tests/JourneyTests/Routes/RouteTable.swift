// SPDX-License-Identifier: Apache-2.0

import AuthTestSupport
import Testing

/// Every route of a daemon in development, with a request that works.
enum RouteTable {
    static let all = authentication + passwords + addresses + users + operations + probes

    /// An id that no user has.
    static let unknownID = "00000000-0000-7000-8000-000000000000"

    /// A verifier of a challenge, as RFC 7636 has it for an example.
    private static let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"

    private static let authentication: [RouteCase] = [
        RouteCase("POST", "/auth/register", 201, reading: [.json]) { stage in
            .init(
                "/auth/register", #"{"username":"new-\#(stage.user.username)","password":"\#(RunningDaemon.password)"}"#
            )
        },
        // There is an administrator: what makes one is another suite's matter.
        RouteCase("POST", "/auth/setup", 400, reading: [.json]) { stage in
            .init(
                "/auth/setup",
                #"{"token":"aot_","username":"late-\#(stage.user.username)","password":"\#(RunningDaemon.password)"}"#)
        },
        RouteCase("POST", "/auth/login", reading: [.json]) { stage in
            .init("/auth/login", #"{"email":"\#(stage.user.email)","password":"\#(RunningDaemon.password)"}"#)
        },
        form("/auth/login/form"), form("/auth/token"), form("/token"),
        RouteCase("POST", "/auth/login/mail/request", reading: [.json]) { stage in
            .init("/auth/login/mail/request", #"{"email":"\#(stage.user.email)"}"#)
        },
        // What opens a session stands in a mail: the journeys of mailed actions read it.
        RouteCase("POST", "/auth/login/mail/confirm", 400, reading: [.json]) { _ in
            .init("/auth/login/mail/confirm", #"{"handle":"afh_unknown","code":"K7QF-2MXD"}"#)
        },
        RouteCase("POST", "/auth/unlock/request", reading: [.json]) { stage in
            .init("/auth/unlock/request", #"{"email":"\#(stage.user.email)"}"#)
        },
        RouteCase("POST", "/auth/unlock/confirm", 400, reading: [.json]) { _ in
            .init("/auth/unlock/confirm", #"{"handle":"afh_unknown","code":"K7QF-2MXD"}"#)
        },
        // No provider is configured: the journeys of providers have some.
        RouteCase("GET", "/auth/providers"),
        RouteCase("GET", "/auth/providers/{name}/start", 404) { _ in .init("/auth/providers/google/start") },
        RouteCase("GET", "/auth/providers/{name}/callback", 404) { _ in .init("/auth/providers/google/callback?state=x")
        },
        RouteCase("POST", "/auth/providers/{name}/callback", 404, reading: [.form], requiresFields: false) { _ in
            .init("/auth/providers/google/callback", "state=x&code=y")
        },
        RouteCase("POST", "/auth/providers/exchange", 400, reading: [.json]) { _ in
            .init("/auth/providers/exchange", #"{"code":"apc_unknown","code_verifier":"\#(verifier)"}"#)
        },
        RouteCase("POST", "/auth/providers/{name}/nonce", 404) { _ in .init("/auth/providers/google/nonce") },
        RouteCase("POST", "/auth/providers/{name}/token", 404, reading: [.json]) { _ in
            .init("/auth/providers/google/token", #"{"id_token":"e30.e30.e30","nonce":"x"}"#)
        },
        RouteCase("GET", "/auth/identities", for: .user),
        RouteCase("POST", "/auth/identities/{provider}/start", 404, for: .user, reading: [.json]) { _ in
            .init("/auth/identities/google/start", #"{"code_challenge":"\#(verifier)"}"#)
        },
        RouteCase("POST", "/auth/identities", 400, for: .user, reading: [.json]) { _ in
            .init("/auth/identities", #"{"code":"apc_unknown","code_verifier":"\#(verifier)"}"#)
        },
        RouteCase("DELETE", "/auth/identities/{id}", 404, for: .user) { _ in .init("/auth/identities/\(unknownID)") },
        RouteCase("POST", "/auth/reauthenticate/options", for: .user),
        // Codes are mailed to verified addresses alone, which another suite has.
        RouteCase("POST", "/auth/reauthenticate/mail", 403, for: .user),
        RouteCase("POST", "/auth/reauthenticate", for: .user, reading: [.json]) { _ in
            .init("/auth/reauthenticate", #"{"password":"\#(RunningDaemon.password)"}"#)
        },
        RouteCase("POST", "/auth/refresh", reading: [.json, .form]) { stage in
            .init("/auth/refresh", #"{"refresh_token":"\#(stage.user.refresh)"}"#)
        },
        RouteCase("POST", "/auth/logout", for: .user),
        RouteCase("GET", "/auth/sessions", for: .user),
        RouteCase("DELETE", "/auth/sessions/{id}", 204, for: .user) { stage in
            let sessions = try await stage.daemon.send("GET", "/auth/sessions", token: stage.user.access)
            guard let id = try sessions.json.array?.first?["id"]?.string else {
                throw Failure("no session in \(sessions)")
            }
            return .init("/auth/sessions/\(id)")
        },
        RouteCase("GET", "/auth/me", for: .user),
        RouteCase("GET", "/auth/verify", 204, for: .user) { _ in .init("/auth/verify?scope=items:read&role=user") },
    ]

    private static let passwords: [RouteCase] = [
        RouteCase("POST", "/auth/password/change", for: .user, reading: [.json]) { _ in
            .init(
                "/auth/password/change",
                #"{"current_password":"\#(RunningDaemon.password)","new_password":"nanoseconds of wire"}"#)
        },
        // The users of the table have a password.
        RouteCase("POST", "/auth/password/set", 409, for: .user, reading: [.json]) { _ in
            .init("/auth/password/set", #"{"new_password":"nanoseconds of wire"}"#)
        },
        RouteCase("POST", "/auth/password/reset/request", reading: [.json]) { stage in
            .init("/auth/password/reset/request", #"{"email":"\#(stage.user.email)"}"#)
        },
        RouteCase("POST", "/auth/password/reset/confirm", reading: [.json]) { stage in
            let asked = try await stage.daemon.send(
                "POST", "/auth/password/reset/request", json: #"{"email":"\#(stage.user.email)"}"#)
            let token = try stage.daemon.mailedToken(asked)
            return .init(
                "/auth/password/reset/confirm", #"{"token":"\#(token)","new_password":"nanoseconds of wire"}"#)
        },
    ]

    private static let addresses: [RouteCase] = [
        RouteCase("POST", "/auth/email/verification/request", for: .user),
        RouteCase("POST", "/auth/email/verification/resend", reading: [.json]) { stage in
            .init("/auth/email/verification/resend", #"{"email":"\#(stage.user.email)"}"#)
        },
        RouteCase("POST", "/auth/email/verification/confirm", reading: [.json]) { stage in
            let asked = try await stage.daemon.send(
                "POST", "/auth/email/verification/request", token: stage.user.access)
            return .init("/auth/email/verification/confirm", #"{"token":"\#(try stage.daemon.mailedToken(asked))"}"#)
        },
        // What is mailed for them is another suite's matter.
        RouteCase("POST", "/auth/email/change/confirm", 400, reading: [.json]) { _ in
            .init("/auth/email/change/confirm", #"{"token":"aot_"}"#)
        },
        RouteCase("POST", "/auth/email/change/undo", 400, reading: [.json]) { _ in
            .init("/auth/email/change/undo", #"{"token":"aot_","code":"K7QF-2MXD"}"#)
        },
        RouteCase("POST", "/auth/email/change/final", for: .user),
        RouteCase("DELETE", "/auth/email/change", for: .user),
        RouteCase("POST", "/auth/flows/status", reading: [.json]) { _ in
            .init("/auth/flows/status", #"{"handle":"afh_unknown"}"#)
        },
        // Pages: the journeys of mailed actions complete what is refused here.
        RouteCase("GET", "/actions/{action}", 404) { _ in .init("/actions/verify?token=aot_unknown") },
        RouteCase("POST", "/actions/{action}", 403, reading: [.form], requiresFields: false) { _ in
            .init("/actions/verify", "token=aot_unknown")
        },
    ]

    /// The id of an open invitation, which an earlier request of the case may have made.
    private static func invitation(_ stage: RouteStage) async throws -> String {
        let address = "gone-\(stage.user.email)"
        let made = try await stage.daemon.send(
            "POST", "/auth/invitations", token: stage.administrator.access, json: #"{"email":"\#(address)"}"#)
        if made.status == 201, let id = try made.json["id"]?.string { return id }
        let listed = try await stage.daemon.send(
            "GET", "/auth/invitations?open=true&limit=100", token: stage.administrator.access)
        let found = try listed.json["items"]?.array?.first { $0["email"]?.string == address }
        guard let id = found?["id"]?.string else { throw Failure("no invitation in \(made) and \(listed)") }
        return id
    }

    private static let users: [RouteCase] = [
        RouteCase("GET", "/users", for: .administrator) { _ in .init("/users?limit=2&sort=-created_at&q=example") },
        RouteCase("POST", "/users", 201, for: .administrator, reading: [.json]) { stage in
            .init("/users", #"{"username":"made-\#(stage.user.username)","password":"\#(RunningDaemon.password)"}"#)
        },
        RouteCase("GET", "/users/stats/count", for: .administrator),
        RouteCase("GET", "/audit", for: .administrator) { stage in
            .init("/audit?limit=2&action=sign_in&outcome=done&target=\(stage.user.id)")
        },
        RouteCase("GET", "/users/me", for: .user),
        RouteCase("PUT", "/users/me", for: .user, reading: [.json], requiresFields: false) { _ in
            .init("/users/me", #"{"full_name":"Grace Hopper"}"#)
        },
        RouteCase("PATCH", "/users/me", for: .user, reading: [.json], requiresFields: false) { _ in
            .init("/users/me", #"{"full_name":"Grace Hopper"}"#)
        },
        RouteCase("GET", "/users/{id}", for: .administrator) { stage in .init("/users/\(stage.user.id)") },
        RouteCase("PATCH", "/users/{id}", for: .administrator, reading: [.json], requiresFields: false) { stage in
            .init("/users/\(stage.user.id)", #"{"is_active":false}"#)
        },
        RouteCase("DELETE", "/users/{id}", 204, for: .administrator) { stage in .init("/users/\(stage.user.id)") },
        RouteCase("GET", "/users/{id}/sessions", for: .administrator) { stage in
            .init("/users/\(stage.user.id)/sessions")
        },
        RouteCase("DELETE", "/users/{id}/sessions", 204, for: .administrator) { stage in
            .init("/users/\(stage.user.id)/sessions")
        },
        RouteCase("DELETE", "/users/{id}/sessions/{session_id}", 204, for: .administrator) { stage in
            let sessions = try await stage.daemon.send(
                "GET", "/users/\(stage.user.id)/sessions", token: stage.administrator.access)
            guard let id = try sessions.json.array?.first?["id"]?.string else {
                throw Failure("no session in \(sessions)")
            }
            return .init("/users/\(stage.user.id)/sessions/\(id)")
        },
        RouteCase("PUT", "/users/{id}/role", for: .administrator, reading: [.json]) { stage in
            .init("/users/\(stage.user.id)/role", #"{"role":"guest"}"#)
        },
        RouteCase("POST", "/auth/invitations", 201, for: .administrator, reading: [.json]) { stage in
            .init("/auth/invitations", #"{"email":"invited-\#(stage.user.email)"}"#)
        },
        RouteCase("GET", "/auth/invitations", for: .administrator),
        RouteCase("DELETE", "/auth/invitations/{id}", 204, for: .administrator) { stage in
            .init("/auth/invitations/\(try await invitation(stage))")
        },
        // One that was just made is sent again after a minute, which another suite has.
        RouteCase("POST", "/auth/invitations/{id}/resend", 404, for: .administrator) { _ in
            .init("/auth/invitations/\(unknownID)/resend")
        },
        RouteCase("POST", "/auth/invitations/accept", 400, reading: [.json]) { _ in
            .init("/auth/invitations/accept", #"{"token":"aot_","new_password":"nanoseconds of wire"}"#)
        },
        RouteCase("GET", "/roles", for: .administrator),
        RouteCase("GET", "/roles/{name}", for: .administrator) { _ in .init("/roles/user") },
        RouteCase("PUT", "/roles/{name}", 201, for: .administrator, reading: [.json]) { stage in
            .init("/roles/role-\(stage.user.username)", #"{"description":"For a test.","permissions":["notes"]}"#)
        },
        RouteCase("DELETE", "/roles/{name}", 204, for: .administrator) { stage in
            let path = "/roles/gone-\(stage.user.username)"
            let made = try await stage.daemon.send(
                "PUT", path, token: stage.administrator.access, json: #"{"permissions":[]}"#)
            // One that an earlier request of the case has left is defined anew.
            guard [200, 201].contains(made.status) else { throw Failure("\(made)") }
            return .init(path)
        },
        RouteCase("GET", "/users/{id}/permissions", for: .administrator) { stage in
            .init("/users/\(stage.user.id)/permissions")
        },
        RouteCase("PUT", "/users/{id}/permissions", for: .administrator, reading: [.json]) { stage in
            .init("/users/\(stage.user.id)/permissions", #"{"permissions":["reports:read"]}"#)
        },
    ]

    private static let operations: [RouteCase] = [
        RouteCase("GET", "/"), RouteCase("GET", "/favicon.ico"),
        RouteCase("GET", "/health"), RouteCase("GET", "/health/database"), RouteCase("GET", "/metrics"),
        RouteCase("GET", "/.well-known/jwks.json"),
        RouteCase("GET", "/auth/changes", for: .service) { stage in
            let snapshot = try await stage.daemon.send("GET", "/auth/changes", token: RouteStage.serviceSecret)
            return .init("/auth/changes?after=\(try snapshot.text("cursor"))&wait=0&limit=2")
        },
        RouteCase("GET", "/problems/{slug}") { _ in .init("/problems/validation-failed") },
        RouteCase("GET", "/openapi.json"), RouteCase("GET", "/docs"), RouteCase("GET", "/docs/init.js"),
        RouteCase("GET", "/redoc"),
    ]

    private static let probes: [RouteCase] = [
        RouteCase("GET", "/public"), RouteCase("GET", "/protected/user", for: .user),
        RouteCase("GET", "/protected/admin", for: .administrator),
        RouteCase("GET", "/users/me/items", for: .user),
        RouteCase("POST", "/items", 201, for: .user, reading: [.json]) { _ in .init("/items", #"{"name":"Foo"}"#) },
        RouteCase("DELETE", "/items/{item_id}", 204, for: .user) { _ in .init("/items/Foo") },
    ]

    private static func form(_ path: String) -> RouteCase {
        RouteCase("POST", path, reading: [.form]) { stage in
            .init(path, "grant_type=password&username=\(stage.user.username)&password=a+compiler+from+1952")
        }
    }
}
