// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthHTTPServer
import AuthService
import AuthStore
import AuthTestSupport
import AuthTesting
import HTTPTypes
import Logging

@testable import AuthHTTP

/// The whole interface over a service in memory.
struct APIFixture {
    let authority: TestAuthority
    let api: AuthAPI

    /// Fixtures that are given one store and one clock are processes of one service.
    ///
    /// With `measuresSilence` the service, which is not run, rejects access tokens once the clock has moved for too long.
    init(
        settings: AuthSettings = AuthSettings(issuer: "https://auth.example.test"), hasMail: Bool = true,
        store: (any AuthStore)? = nil, clock: ManualClock = ManualClock(), signing: TokenSigning? = nil,
        log: LogLines? = nil, secondFactors: (any SignInFactorChecking)? = nil, measuresSilence: Bool = false,
        provider: MockProviderTransport? = nil,
        configure: (inout HTTPConfiguration) -> Void = { _ in }
    ) async throws {
        authority = try await TestAuthority(
            settings: settings, store: store, clock: clock, hasMail: hasMail, signing: signing
        ) {
            $0.secondFactors = secondFactors
            $0.measuresSilenceFromStart = measuresSilence
            if let provider {
                $0.providers = [provider.configured]
                $0.providerTransport = provider
            }
        }
        var configuration = HTTPConfiguration()
        configuration.limits.isEnabled = false
        configure(&configuration)
        api = AuthAPI(
            service: authority.service, configuration: configuration, requestIDSeed: 1,
            logger: Logger(label: "test") { _ in log?.handler ?? SwiftLogNoOpLogHandler() })
    }

    var service: AuthService { authority.service }

    /// Sends a JSON body.
    func send(
        _ method: HTTPRequest.Method, _ target: String, _ json: String? = nil, token: String? = nil,
        peer: String = "192.0.2.1", fields: [String: String] = [:]
    ) async -> Seen {
        await api.send(
            method, target, token: token, type: json == nil ? nil : "application/json", body: json ?? "", peer: peer,
            fields: fields)
    }

    /// Sends a form.
    func submit(_ target: String, _ form: String) async -> Seen {
        await api.send(.post, target, type: "application/x-www-form-urlencoded", body: form)
    }

    /// The access token of a user who is made if need be.
    func token(_ name: String, role: Role = .user) async throws -> String {
        try await authority.signIn(as: name, role: role).accessToken
    }

    /// The id of a user.
    func id(of name: String) async throws -> String {
        try await service.users.user(identifiedBy: .username(Username(name))).id.description
    }
}

extension Seen {
    /// The text of a member of the body.
    func text(_ name: String) -> String? { json?[name]?.stringValue }

    /// Whether any kind of token stands in the body or in a field; what only shows how one begins is none.
    var holdsToken: Bool {
        let token = #/a[rod]t_[\w-]{30,}|eyJ[\w-]+\.[\w-]+\.[\w-]+/#
        return ([text] + reply.httpResponse.headerFields.map(\.value)).contains { $0.firstMatch(of: token) != nil }
    }

    /// Everything that a client could tell one answer from another by.
    ///
    /// Answers name the request: only those to requests of one id can be equal.
    var whole: [String] { ["\(status)"] + reply.httpResponse.headerFields.map { "\($0)" } + [textWithoutHandle] }

    /// The body with the length of a flow's handle in its place: handles are random.
    var textWithoutHandle: String {
        text.replacing(#/afh_[\w-]+/#) { "afh_ of \($0.output.count)" }
    }

    /// The names in `errors`.
    var wrongFields: [String] {
        (json?["errors"]?.arrayValue ?? []).compactMap { $0.objectValue?["field"]?.stringValue }
    }
}
