// SPDX-License-Identifier: Apache-2.0

internal import AuthCore
internal import AuthHTTP
internal import AuthHTTPServer
internal import AuthPages
internal import AuthService

/// Redeeming codes and links.
///
/// The link of a mail is opened by a browser, and by scanners before it. GET shows a page with one button, unless the settings
/// say otherwise; HEAD changes nothing in either case.
extension SupabaseEndpoints {
    var verifyEndpoints: [Endpoint] {
        [
            route(.post, "/verify", "supabaseVerify", limit: .redeem) { (call) async throws(SupabaseError) in
                if isForm(call) { return try await followByForm(call) }
                return try await verify(call)
            },
            route(.get, "/verify", "supabaseOpenLink", limit: .page) { (call) async throws(SupabaseError) in
                try await open(call)
            },
        ]
    }

    private func isForm(_ call: Call) -> Bool {
        let types = call.request.fields("content-type")
        return types.count == 1 && BodyFormat(contentType: types[0]) == .form
    }

    // MARK: By a program

    private func verify(_ call: Call) async throws(SupabaseError) -> Reply {
        let body = try SupabaseFields(body: call)
        let verified = try await supabase.verify(
            type: try body.text("type"), try body.contact(), token: try body.text("token"),
            tokenHash: try body.text("token_hash"),
            hasRedirect: try body.text("redirect_to").map { !$0.isEmpty } ?? false,
            bearing: SupabaseBearer.token(of: call.request), from: call.context)
        switch verified {
        case .session(let session): return SupabaseSessionRepresentation.reply(session, call)
        case .first:
            return call.replies.json { body in
                body.member("code", "200")
                body.member(
                    "msg", "Confirmation link accepted. Please proceed to confirm link sent to the other email")
            }
        }
    }

    // MARK: By a browser

    private func open(_ call: Call) async throws(SupabaseError) -> Reply {
        // A link that was cut off may have a query that cannot be read.
        let query = (try? SupabaseFields(query: call)) ?? SupabaseFields()
        guard let settings = service.settings.supabase else { throw .featureDisabled }
        if settings.verifiesOnGet, call.request.method != .head {
            // It is no mere page: a token is tried.
            try await count(call, as: .redeem)
            return try await follow(query, byGet: true, call)
        }
        guard let token = try query.text("token"), let view = try await supabase.view(token: token) else {
            return ended(.unknown, call)
        }
        switch view.state {
        case .used: return ended(.used, call)
        case .expired: return ended(.expired, call)
        case .ended: return ended(.ended, call)
        case .open: break
        }
        var fields: [(name: String, value: String)] = []
        for name in ["token", "type", "redirect_to"] {
            if let value = try query.text(name) { fields.append((name, value)) }
        }
        // Where the form's answer will lead: browsers check it against the policy of the page.
        var target = view.target
        if let asked = try query.text("redirect_to") {
            target = settings.redirects.admits(asked) ?? settings.redirects.site
        }
        let page = SupabaseLinkPage(
            appName: configuration.appName, language: language(of: call), kind: view.kind, address: view.address,
            origin: view.origin, fields: fields, target: target, hasSlash: hasSlash(call))
        return page.reply(call.replies)
    }

    private func followByForm(_ call: Call) async throws(SupabaseError) -> Reply {
        guard forms.isOwnForm(call.request) else {
            var reply = ended(.unknown, call)
            reply.status = .forbidden
            reply.reason = ProblemKind.csrfRefused.code
            return reply
        }
        return try await follow(try SupabaseFields(form: call), byGet: false, call)
    }

    private func follow(_ fields: SupabaseFields, byGet: Bool, _ call: Call) async throws(SupabaseError) -> Reply {
        let target = await supabase.follow(
            token: try fields.text("token") ?? "", type: try fields.text("type"),
            redirectTo: try fields.text("redirect_to"), byGet: byGet, from: call.context)
        return try redirect(to: target, .seeOther, call)
    }

    /// The page of a link that leads to nothing, with the way to the site.
    private func ended(_ end: ActionEnd, _ call: Call) -> Reply {
        let page = ActionPage(
            appName: configuration.appName, language: language(of: call), .ended(end),
            application: service.settings.supabase?.redirects.site.text,
            base: hasSlash(call) ? "../../../" : "../../")
        return page.reply(call.replies, status: end == .unknown ? .notFound : .gone)
    }

    private func language(of call: Call) -> Language {
        Language.choose(acceptLanguage: call.request.fields("accept-language"))
    }

    private func hasSlash(_ call: Call) -> Bool {
        call.request.target.utf8.prefix { $0 != UInt8(ascii: "?") }.last == UInt8(ascii: "/")
    }
}
