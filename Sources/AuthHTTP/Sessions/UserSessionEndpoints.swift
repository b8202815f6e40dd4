// SPDX-License-Identifier: Apache-2.0

internal import AuthCore
internal import AuthHTTPServer
internal import AuthService

/// Listing and revoking the sessions of other users.
struct UserSessionEndpoints: EndpointGroup {
    let reference: ServiceReference

    var endpoints: [Endpoint] {
        [
            Endpoint(
                method: .get, path: "/users/{id}/sessions", operationID: "listUserSessions", tag: .users,
                summary: "List a user's sessions", access: .permission(UserListEndpoints.read), limit: .read,
                replies: [SessionRepresentation.reply], problems: [.notFound], handle: list),
            Endpoint(
                method: .delete, path: "/users/{id}/sessions", operationID: "endUserSessions", tag: .users,
                summary: "Revoke all sessions of a user", access: .role(.admin), limit: .write,
                description: "The user's tokens are rejected from the next request on.",
                replies: [.empty(.noContent, "The user has no sessions any more")], problems: [.notFound],
                handle: endAll),
            Endpoint(
                method: .delete, path: "/users/{id}/sessions/{session_id}", operationID: "endUserSession", tag: .users,
                summary: "Revoke one session of a user", access: .role(.admin), limit: .write,
                description: "Both tokens of the session are rejected from the next request on.",
                replies: [.empty(.noContent, "The session is revoked")], problems: [.notFound], handle: end),
        ]
    }

    private var service: AuthService { reference.service }

    private func list(_ call: Call) async throws(Refusal) -> Reply {
        let principal = try call.principal()
        let id = try call.userID()
        let sessions = try await mapErrors { () throws(AuthError) in try await service.sessions.list(ofUser: id) }
        return call.replies.json(SessionRepresentation.bytes(sessions, current: principal.sessionID))
    }

    private func endAll(_ call: Call) async throws(Refusal) -> Reply {
        let principal = try call.principal()
        let id = try call.userID()
        _ = try await mapErrors { () throws(AuthError) in
            try await service.sessions.endAll(ofUser: id, by: .user(principal), from: call.context)
        }
        return call.replies.empty()
    }

    private func end(_ call: Call) async throws(Refusal) -> Reply {
        let principal = try call.principal()
        let id = try call.userID()
        let session = try call.pathID("session_id") { SessionID(parsing: $0) }
        let isEnded = try await mapErrors { () throws(AuthError) in
            try await service.sessions.end(session, ofUser: id, by: .user(principal), from: call.context)
        }
        guard isEnded else { throw Refusal(.notFound) }
        return call.replies.empty()
    }
}
