// SPDX-License-Identifier: Apache-2.0

import AuthTestSupport
import Foundation
import Testing

/// An action that any client may have mailed to an address.
enum MailAction: String, CaseIterable, Sendable, CustomTestStringConvertible {
    case verify
    case reset
    case signIn = "sign-in"
    case unlock

    var testDescription: String { rawValue }

    /// Where it is asked for.
    var requestPath: String {
        switch self {
        case .verify: "/auth/email/verification/resend"
        case .reset: "/auth/password/reset/request"
        case .signIn: "/auth/login/mail/request"
        case .unlock: "/auth/unlock/request"
        }
    }

    /// Where it is completed.
    var confirmPath: String {
        switch self {
        case .verify: "/auth/email/verification/confirm"
        case .reset: "/auth/password/reset/confirm"
        case .signIn: "/auth/login/mail/confirm"
        case .unlock: "/auth/unlock/confirm"
        }
    }

    /// The password that a reset sets.
    static let newPassword = "nanoseconds of wire"
}

/// An action that was asked for, as its client knows it.
struct PendingAction: Sendable {
    let action: MailAction
    let username: String
    let handle: String

    var email: String { "\(username)@example.com" }

    /// Reads what the client was answered.
    init(
        _ action: MailAction, of username: String, _ answer: Clients.Answer,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        try #require(answer.status == 200, "\(answer)", sourceLocation: sourceLocation)
        self.action = action
        self.username = username
        handle = try #require(
            try JSONValue(parsing: answer.body ?? "")["handle"]?.string, "\(answer)", sourceLocation: sourceLocation)
        #expect(handle.hasPrefix("afh_"), sourceLocation: sourceLocation)
    }
}

extension RunningDaemon {
    /// Registers a user with an address.
    func registeringAddress(of username: String, from source: String? = nil) -> Clients.Request {
        .init(
            base: base, method: "POST", path: "/auth/register",
            json: #"{"username":"\#(username)","email":"\#(username)@example.com","password":"\#(Self.password)"}"#,
            source: source, until: 201)
    }

    /// Asks for an action by the address of a user; `device` is the token of one that the user has signed in from.
    func asking(
        for action: MailAction, of username: String, device: String? = nil, from source: String? = nil
    ) -> Clients.Request {
        let device = device.map { #","device_token":"\#($0)""# } ?? ""
        return .init(
            base: base, method: "POST", path: action.requestPath,
            json: #"{"email":"\#(username)@example.com"\#(device)}"#, source: source, keepsBody: true)
    }

    /// Completes an action with whatever its client has.
    func complete(
        _ action: MailAction, token: String? = nil, handle: String? = nil, code: String? = nil,
        from source: String? = nil
    ) async throws -> Response {
        var members = ["token": token, "handle": handle, "code": code].compactMapValues(\.self)
        if action == .reset { members["new_password"] = MailAction.newPassword }
        let body = String(decoding: try JSONEncoder().encode(members), as: UTF8.self)
        return try await exchange(
            "POST", action.confirmPath, json: body, fields: source.map { ["X-Forwarded-For: \($0)"] } ?? [])
    }
}

extension Installation {
    /// Settings of a daemon that serves more than this machine: there no answer has the token of a mail.
    static let production = [
        "ENVIRONMENT": "production", "PUBLIC_URL": "http://localhost:8000",
        "ROOT_KEY": "6d1f0c9e38b24a757fe6c1d2094b83a55c7e90f1ab3d6248e7195b0cd42f8a63",
    ]

    /// The same with every mailed action, unlimited, with no mail that a test did not ask for, and quick password hashes.
    static let mailing = production.merging([
        "SIGN_IN_BY_MAIL": "on", "RATE_LIMIT_ENABLED": "false", "VERIFY_ON_REGISTRATION": "false",
        "PASSWORD_HASH": "bcrypt", "BCRYPT_COST": "10",
    ]) { $1 }

    /// The rows that `authd outbox list` shows.
    func outbox(_ arguments: String...) async throws -> [JSONValue] {
        let listed = try await run(["outbox", "list", "--json", "--limit", "1000"] + arguments)
        try #require(listed.succeeded, "\(listed)")
        return try #require(try JSONValue(parsing: listed.output).array)
    }
}
