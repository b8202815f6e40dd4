// SPDX-License-Identifier: Apache-2.0

package import AuthCore
package import AuthHTTP
internal import AuthHTTPServer
internal import AuthService

/// The pages of mailed actions, served.
///
/// GET and HEAD change and write nothing: scanners and previews follow the links of mails, too. A POST completes, and elsewhere
/// than in the browser that began the flow it needs what only a reader of the mail can type, or a new password.
package struct ActionEndpoints: EndpointGroup {
    private let reference: ServiceReference
    private let configuration: HTTPConfiguration
    private let served: Set<MailedAction>
    private let forms: CSRFPolicy
    let browsers: CookieSessions
    let devices: KnownDevice
    let flows: FlowCookies

    /// Takes the service whose mails lead here.
    ///
    /// - Parameters:
    ///   - reference: The service, or none where the routes are only described.
    ///   - configuration: That of the interface in which the pages are served.
    ///   - absent: The actions whose pages are an application's own.
    package init(
        reference: ServiceReference, configuration: HTTPConfiguration, absent: Set<MailedAction> = []
    ) {
        self.reference = reference
        self.configuration = configuration
        served = Self.all.subtracting(absent)
        forms = CSRFPolicy(configuration)
        browsers = CookieSessions(configuration)
        devices = KnownDevice(configuration)
        flows = FlowCookies(configuration)
    }

    /// The actions that pages complete.
    package static let all: Set<MailedAction> = [
        .verifyAddress, .resetPassword, .changeAddress, .undoAddressChange, .signIn, .acceptInvitation, .unlock,
        .report,
    ]

    package var endpoints: [Endpoint] {
        [
            Endpoint(
                method: .get, path: "/actions/{action}", operationID: "openActionPage", tag: .email,
                summary: "Open the page of a mailed action", access: .anyone, limit: .page,
                description: """
                    Where the links of mails lead. Opening the page changes nothing. Without `token` it is the page for the
                    code, in the browser that has the cookie of the flow. A link that leads to nothing has a page, too, with the
                    status 404 or 410.
                    """,
                query: [QueryParameter(name: "token", schema: .string("As the link carries it."))],
                replies: [Self.page], problems: [.notFound, .unavailable], handle: open),
            Endpoint(
                method: .post, path: "/actions/{action}", operationID: "submitActionPage", tag: .email,
                summary: "Complete a mailed action on its page", access: .anyone, limit: .redeem,
                description: """
                    Only for forms of these pages, as `Sec-Fetch-Site` or `Origin` shows. What was wrong is said on the page,
                    with the status 400 for a wrong code or current password and 422 for other fields. Programs use the
                    routes under `/auth`.
                    """,
                body: RequestBody(
                    formats: [.form], schema: .component("ActionForm"),
                    examples: [("Link and code", ["token": "aot_…", "code": "K7QF-2MXD"])]),
                replies: [Self.page],
                problems: [.notFound, .badToken, .csrfRefused, .overloaded, .unavailable], handle: submit),
        ]
    }

    package var schemas: [(name: String, schema: Schema)] {
        [("ActionForm", .object(ActionField.allCases.map { .optional($0.rawValue, .string()) }))]
    }

    private static let page = ReplyDescription(
        status: .ok, description: "A page", content: .init(mediaType: "text/html", schema: .string()))

    // MARK: Routes

    private func open(_ call: Call) async throws(Refusal) -> Reply {
        let action = try action(of: call)
        let token = Self.value(of: ActionField.token.rawValue, inQuery: call.query)
        let found: ActionVisit?
        do throws(AuthError) {
            found = try await visit(action, token: token, handle: nil, call)
        } catch {
            throw Refusal(from: error)
        }
        guard let found else { return unknown(action, token, call) }
        if let end = found.end { return page(.ended(end), .gone, call) }
        return page(found.content(found.openingFaults), .ok, call)
    }

    /// A request about an address is looked up behind its answer: the browser that has come here at once asks again soon.
    private func unknown(_ action: MailedAction, _ token: String?, _ call: Call) -> Reply {
        let waits = Self.value(of: Self.waits, inQuery: call.query).flatMap { Int($0) } ?? 0
        guard token == nil, flows.handle(of: action, in: call.request) != nil, (0..<Self.mostWaits).contains(waits)
        else {
            return page(.ended(.unknown), .notFound, call)
        }
        var reply = page(.waiting, .ok, call)
        let path = Self.base(of: call) + "actions/" + action.rawValue
        reply.fields.append(("refresh", "2; url=\(path)?\(Self.waits)=\(waits + 1)"))
        return reply
    }

    /// The parameter that counts how often a browser has asked again, and how often it may.
    private static let waits = "waits"
    private static let mostWaits = 15

    private func submit(_ call: Call) async throws(Refusal) -> Reply {
        let action = try action(of: call)
        let form = try ActionForm(call)
        guard forms.isOwnForm(call.request) else { throw Refusal(.csrfRefused) }
        do throws(AuthError) {
            guard let found = try await visit(action, token: form.token, handle: form.handle, call) else {
                return page(.ended(.unknown), .notFound, call)
            }
            if let end = found.end { return page(.ended(end), .gone, call) }
            let (password, missing) = found.check(form)
            guard missing.isEmpty else { return page(found.content(missing), .unprocessableContent, call) }
            return try await complete(found, form, password, call)
        } catch {
            throw Refusal(from: error)
        }
    }

    private func complete(
        _ visit: ActionVisit, _ form: ActionForm, _ password: Password?, _ call: Call
    ) async throws(AuthError) -> Reply {
        let fields: [(name: String, value: String)]
        do throws(AuthError) {
            fields = try await ActionCompletion(service: service, pages: self).complete(
                visit, code: form.code, password, call)
        } catch {
            return try await answer(to: error, visit, form, call)
        }
        var reply = page(.done(visit.action, address: visit.view.address, visit.place), .ok, call)
        reply.fields += fields
        // The flow has ended, wherever it began.
        if flows.handle(of: visit.purpose.action, in: call.request) != nil, visit.place == .sameBrowser {
            reply.fields.append(flows.clearingField(of: visit.purpose.action))
        }
        return reply
    }

    /// The page after an attempt that failed: what was wrong with it, and the form again.
    private func answer(
        to error: AuthError, _ visit: ActionVisit, _ form: ActionForm, _ call: Call
    ) async throws(AuthError) -> Reply {
        switch error {
        case .invalid(let violations):
            let faults = ActionFault.of(violations.map(\.code), under: service.settings.passwords)
            return page(visit.content(faults), .unprocessableContent, call)
        case .wrongCode(let left):
            // Other attempts may have come between.
            let now = try await self.visit(visit.action, token: form.token, handle: form.handle, call) ?? visit
            if let end = now.end { return page(.ended(end), .gone, call) }
            let fault: ActionFault =
                left <= 0 ? .codeVoided : now.view.acceptsCode ? .codeWrong(triesLeft: left) : .codeExpired
            return page(now.content([fault]), .badRequest, call)
        case .wrongCurrentPassword:
            return page(visit.content([.currentPasswordWrong]), .badRequest, call)
        case .invalidOneTimeToken:
            let now = try await self.visit(visit.action, token: form.token, handle: form.handle, call)
            return page(.ended(now?.end ?? .ended), .gone, call)
        default:
            let refusal = Refusal(from: error)
            var reply = page(visit.content([.unavailable]), refusal.kind.status, call)
            reply.reason = refusal.reason
            if let seconds = refusal.retryAfterSeconds { reply.fields.append(("retry-after", "\(seconds)")) }
            return reply
        }
    }

    // MARK: What a browser has come to

    private var service: AuthService { reference.service }

    private func action(of call: Call) throws(Refusal) -> MailedAction {
        let action = try call.pathID("action") { MailedAction(octetsOf: $0) }
        guard served.contains(action) else { throw Refusal(.notFound) }
        return action
    }

    /// Looks at what a token or a handle stands for; nothing is written.
    ///
    /// A token alone knows the purpose of its mail: of the purposes that are tried, all but that one cost no query.
    private func visit(
        _ action: MailedAction, token: String?, handle: String?, _ call: Call
    ) async throws(AuthError) -> ActionVisit? {
        // The links of the other API lead to its own page, and nothing here opens them.
        let purposes = OneTimeTokenPurpose.allCases.filter { $0 != .supabase }
        for purpose in purposes where action == .report || purpose.action == action {
            let known = handle ?? flows.handle(of: purpose.action, in: call.request)
            let proof = ActionProof(token: token, handle: known)
            let secret: ActionSecret
            switch (token, known) {
            case (let token?, _): secret = .token(MailToken(token))
            case (nil, let known?) where action != .report: secret = .handle(MailToken(known))
            case (nil, _): continue
            }
            guard let view = try await service.actions.view(proof, of: purpose) else { continue }
            var visit = ActionVisit(
                action: action, purpose: purpose, secret: secret, proof: proof, view: view, now: call.now,
                minimumPasswordLength: service.settings.passwords.minimumLength)
            if action == .acceptInvitation {
                let session = try await ActionCompletion(service: service, pages: self).session(of: call)
                visit.keepsPassword = try await service.invitations.needsPassword(proof, session: session) == false
            }
            return visit
        }
        return nil
    }

    /// Other parameters, such as those that counters of clicks append, are passed over.
    private static func value(of name: String, inQuery query: String?) -> String? {
        let pairs = try? FormReader.read((query ?? "")[...])
        let value = pairs?.first { $0.name.hasSameOctets(as: name) }?.value
        return value.flatMap { $0.isEmpty ? nil : $0 }
    }

    // MARK: Pages

    private func page(_ content: ActionPage.Content, _ status: Status, _ call: Call) -> Reply {
        let isDone: Bool =
            switch content {
            case .done: true
            case .request, .codeEntry, .waiting, .ended: false
            }
        let page = ActionPage(
            appName: configuration.appName,
            language: Language.choose(acceptLanguage: call.request.fields("accept-language")), content,
            application: isDone ? configuration.publicURL.map { $0 + "/" } : nil,
            base: Self.base(of: call))
        return page.reply(call.replies, status: status)
    }

    private static func base(of call: Call) -> String {
        let path = call.request.target.utf8.prefix { $0 != UInt8(ascii: "?") }
        return path.last == UInt8(ascii: "/") ? "../../" : "../"
    }
}
