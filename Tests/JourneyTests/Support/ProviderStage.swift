// SPDX-License-Identifier: Apache-2.0

import AuthTestSupport
import Foundation
import Testing

/// A daemon that offers providers, and browsers before it.
struct ProviderStage: Sendable {
    /// Another name than the providers', as browsers compare sites.
    static func localURL(_ port: UInt16) -> String { "http://localhost:\(port)" }
    /// The verifier and the challenge that RFC 7636, appendix B, has for an example.
    static let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
    static let challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"

    let installation: Installation
    let daemon: RunningDaemon
    let browser: ProviderBrowser
    let publicURL: String
    let provider: String

    /// The same with another provider.
    func with(_ provider: String) -> ProviderStage {
        ProviderStage(
            installation: installation, daemon: daemon, browser: browser, publicURL: publicURL, provider: provider)
    }

    /// Where the application of the tests is; nothing opens it.
    var returnTo: String { "\(publicURL)/welcome" }
    var callback: String { "\(publicURL)/auth/providers/\(provider)/callback" }

    /// Where a sign-in begins, with a code in the end or with cookies.
    func startURL(withCode: Bool) -> String {
        "\(publicURL)/auth/providers/\(provider)/start?return_to=\(returnTo)"
            + (withCode ? "&code_challenge=\(Self.challenge)&code_challenge_method=S256" : "")
    }

    /// Goes from the start through the provider and back.
    func arrive(
        as user: String, withCode: Bool = true, browser name: String = "own", refuses: Bool = false
    ) async throws -> ProviderBrowser.Outcome {
        try await browser.go(
            .init(
                url: startURL(withCode: withCode), browser: name, until: [returnTo], user: user,
                password: ProviderPeer.password, refuses: refuses))
    }

    /// Exchanges a code, and gives the session's access token.
    func exchange(
        _ outcome: ProviderBrowser.Outcome, sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> String {
        let code = try #require(outcome["code"], "\(outcome)", sourceLocation: sourceLocation)
        #expect(code.hasPrefix("apc_"), sourceLocation: sourceLocation)
        let answer = try await exchange(code: code)
        answer.expect(200, sourceLocation: sourceLocation)
        return try answer.text("access_token", sourceLocation: sourceLocation)
    }

    func exchange(code: String, verifier: String = Self.verifier) async throws -> Response {
        try await daemon.exchange(
            "POST", "/auth/providers/exchange", json: #"{"code":"\#(code)","code_verifier":"\#(verifier)"}"#)
    }

    /// Signs in by the provider, and gives the session's access token.
    func signIn(
        as user: String, browser name: String = "own", sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> String {
        try await exchange(try await arrive(as: user, browser: name), sourceLocation: sourceLocation)
    }

    func me(_ token: String, sourceLocation: SourceLocation = #_sourceLocation) async throws -> JSONValue {
        let answer = try await daemon.exchange("GET", "/auth/me", token: token)
        answer.expect(200, sourceLocation: sourceLocation)
        return try answer.json
    }

    /// The identities of the user of a session.
    func identities(_ token: String, sourceLocation: SourceLocation = #_sourceLocation) async throws -> [JSONValue] {
        let answer = try await daemon.exchange("GET", "/auth/identities", token: token)
        answer.expect(200, sourceLocation: sourceLocation)
        return try #require(try answer.json["items"]?.array, "\(answer)", sourceLocation: sourceLocation)
    }

    /// Begins to link in a session, and goes through the provider and back.
    func goToLink(
        _ token: String, as user: String, browser name: String = "own",
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> ProviderBrowser.Outcome {
        let begun = try await daemon.exchange(
            "POST", "/auth/identities/\(provider)/start", token: token,
            json: #"{"return_to":"\#(returnTo)","code_challenge":"\#(Self.challenge)"}"#)
        begun.expect(200, sourceLocation: sourceLocation)
        return try await browser.go(
            .init(
                url: try begun.text("url", sourceLocation: sourceLocation), browser: name, until: [returnTo],
                user: user, password: ProviderPeer.password))
    }

    /// Links what the code of an outcome stands for, in a session.
    func link(_ outcome: ProviderBrowser.Outcome, in token: String) async throws -> Response {
        let code = try #require(outcome["code"], "\(outcome)")
        return try await daemon.exchange(
            "POST", "/auth/identities", token: token,
            json: #"{"code":"\#(code)","code_verifier":"\#(Self.verifier)"}"#)
    }

    func unlink(_ identity: JSONValue, in token: String) async throws -> Response {
        let id = try #require(identity["id"]?.string)
        return try await daemon.exchange("DELETE", "/auth/identities/\(id)", token: token)
    }
}

extension Installation {
    /// Settings of a daemon that offers providers: no limits, and quick password hashes.
    static func offeringProviders(_ port: UInt16, _ publicURL: String) -> [String: String] {
        [
            "PORT": "\(port)", "PUBLIC_URL": publicURL, "RATE_LIMIT_ENABLED": "false",
            "VERIFY_ON_REGISTRATION": "false", "PASSWORD_HASH": "bcrypt", "BCRYPT_COST": "10",
        ]
    }
}
