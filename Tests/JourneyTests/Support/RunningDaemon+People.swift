// SPDX-License-Identifier: Apache-2.0

import AuthTestSupport
import Testing

/// A signed-in user.
struct SignedIn: Sendable {
    let id: String
    let username: String
    let access: String
    let refresh: String

    var email: String { "\(username)@example.com" }
}

extension RunningDaemon {
    /// The password of everybody whom `signUp` makes.
    static let password = "a compiler from 1952"

    /// Registers a user and signs them in.
    func signUp(_ username: String, sourceLocation: SourceLocation = #_sourceLocation) async throws -> SignedIn {
        let registered = try await exchange(
            "POST", "/auth/register",
            json: #"{"username":"\#(username)","email":"\#(username)@example.com","password":"\#(Self.password)"}"#)
        registered.expect(201, sourceLocation: sourceLocation)
        return try await signIn(username, sourceLocation: sourceLocation)
    }

    /// Signs in a user whom `signUp` made.
    func signIn(
        _ username: String, password: String = RunningDaemon.password, sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> SignedIn {
        let tokens = try await exchange(
            "POST", "/auth/login", json: #"{"username":"\#(username)","password":"\#(password)"}"#)
        tokens.expect(200, sourceLocation: sourceLocation)
        let access = try tokens.text("access_token", sourceLocation: sourceLocation)
        let user = try await exchange("GET", "/auth/me", token: access)
        return SignedIn(
            id: try user.text("id", sourceLocation: sourceLocation), username: username, access: access,
            refresh: try tokens.text("refresh_token", sourceLocation: sourceLocation))
    }

    /// The token in a message such as `… (DEV ONLY): TOKEN`.
    func mailedToken(_ response: Response, sourceLocation: SourceLocation = #_sourceLocation) throws -> String {
        response.expect(200, sourceLocation: sourceLocation)
        let message = try response.text("message", sourceLocation: sourceLocation)
        try #require(message.contains("(DEV ONLY): "), "\(message)", sourceLocation: sourceLocation)
        return try #require(message.split(separator: " ").last.map(String.init), sourceLocation: sourceLocation)
    }
}

extension Installation {
    /// Makes an administrator from the command line and signs them in.
    func administrator(of daemon: RunningDaemon, _ username: String = "root-of-all") async throws -> SignedIn {
        let made = try await authd(
            "user", "create", "--username", username, "--email", "\(username)@example.com", "--role", "admin",
            input: RunningDaemon.password + "\n")
        try #require(made.succeeded, "\(made)")
        return try await daemon.signIn(username)
    }
}
