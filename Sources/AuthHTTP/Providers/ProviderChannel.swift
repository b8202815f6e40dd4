// SPDX-License-Identifier: Apache-2.0

internal import AuthCore
internal import AuthHTTPServer
internal import AuthService

/// What the routes of identity providers have in common: names, addresses, cookies and redirects.
struct ProviderChannel: Sendable {
    let reference: ServiceReference
    let devices: KnownDevice
    let browsers: CookieSessions
    let cookies: ProviderFlowCookies
    private let publicURL: String?
    private let localURL: String

    init(_ reference: ServiceReference, _ configuration: HTTPConfiguration) {
        self.reference = reference
        devices = KnownDevice(configuration)
        browsers = CookieSessions(configuration)
        cookies = ProviderFlowCookies(configuration)
        publicURL = configuration.publicURL
        localURL = configuration.localURL
    }

    var service: AuthService { reference.service }

    /// The provider that the path names as `{name}` or `{provider}`.
    ///
    /// - Throws: `.notFound` for one that is not configured.
    func provider(_ parameter: String, of call: Call) throws(Refusal) -> ProviderName {
        let name = try call.pathID(parameter) { ProviderName(parsing: $0) }
        guard service.providers.has(name) else { throw Refusal(.notFound) }
        return name
    }

    /// Where the interface is reached by the browser that sends a request: `PUBLIC_URL`, or this machine.
    func base(of call: Call) -> String {
        if let publicURL { return publicURL }
        // Under other names a page of a stranger may have been sent here (DNS rebinding).
        guard let host = call.request.field("host"), LoopbackHost.isNamed(by: host) else { return localURL }
        return "http://" + host
    }

    /// The address that the provider sends browsers back to, as it is registered there.
    func redirectURI(of name: ProviderName, _ call: Call) -> String {
        "\(base(of: call))/auth/providers/\(name.text)/callback"
    }

    /// What this browser holds of a session, which a sign-in replaces.
    func held(in call: Call) -> String? { browsers.held(in: call.request)?.refreshToken }

    /// Lets only those pass whom the flow's cookie can reach: over plain HTTP, a browser on this machine.
    ///
    /// - Throws: `.cookieModeUnavailable`.
    func requireCookies(for call: Call) throws(Refusal) {
        guard let client = call.client, browsers.isOffered(to: client) else { throw Refusal(.cookieModeUnavailable) }
    }

    /// A redirect, which no cache stores and whose target learns nothing from a `Referer`.
    func redirect(to url: String, status: Status = .seeOther, _ call: Call) throws(Refusal) -> Reply {
        guard url.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else { throw Refusal(.internalError) }
        var reply = call.replies.empty(status)
        reply.fields.append(("location", url))
        return reply
    }

    /// The answer to a HEAD request for a route whose GET does something.
    func refuseHead(_ call: Call, allowing methods: String) -> Reply? {
        guard call.request.method == .head else { return nil }
        var reply = call.replies.problem(Refusal(.methodNotAllowed), id: call.id)
        reply.fields.append(("allow", methods))
        return reply
    }

    /// The answer to a sign-in that a client has asked for with a request of its own.
    func signedIn(
        _ outcome: SignInOutcome, inCookies: Bool, isRemembered: Bool, _ device: KnownDevice.Channel, _ call: Call
    ) throws(Refusal) -> Reply {
        guard case .signedIn(let pair) = outcome else { throw Refusal(.secondFactorRequired) }
        return TokenRepresentation.signedIn(pair, device, in: inCookies ? (browsers, isRemembered) : nil, by: call)
    }
}
