// SPDX-License-Identifier: Apache-2.0

internal import AuthCore
internal import AuthHTTP
internal import AuthHTTPServer
internal import AuthService

/// Signing in by a provider, and linking its identity.
extension SupabaseEndpoints {
    var providerEndpoints: [Endpoint] {
        [
            route(.get, "/authorize", "supabaseAuthorize", limit: .read) { (call) async throws(SupabaseError) in
                try await authorize(call)
            },
            route(.get, "/callback", "supabaseBareCallback", limit: .signIn) { (call) throws(SupabaseError) in
                try bareCallback(call, .found, allowing: "GET, POST, OPTIONS")
            },
            route(.post, "/callback", "supabaseBareForm", limit: .write) { (call) throws(SupabaseError) in
                try bareCallback(call, .seeOther, allowing: "GET, POST, OPTIONS")
            },
            route(.get, "/callback/{name}", "supabaseCallback", limit: .signIn) { (call) async throws(SupabaseError) in
                try await finish(call)
            },
            route(.post, "/callback/{name}", "supabaseForm", limit: .write) { (call) async throws(SupabaseError) in
                try await receive(call)
            },
        ]
    }

    /// The identities of a user.
    var identityEndpoints: [Endpoint] {
        [
            userRoute(
                .get, "/user/identities/authorize", "supabaseLinkIdentity", limit: .write, refusesAnonymous: true
            ) { (caller, call) async throws(SupabaseError) in
                if let refused = refuseHead(call, allowing: "GET, OPTIONS") { return refused }
                let query = try SupabaseFields(query: call)
                let url = try await supabase.linkURL(
                    caller, provider: try query.text("provider"),
                    returning: try query.returning(redirectTo: try query.text("redirect_to")),
                    scopes: try query.text("scopes"), parameters: try Self.forProvider(call), from: call.context)
                return call.replies.json { $0.member("url", url) }
            },
            userRoute(
                .delete, "/user/identities/{id}", "supabaseUnlinkIdentity", limit: .write, refusesAnonymous: true
            ) { (caller, call) async throws(SupabaseError) in
                try await supabase.unlink(call.parameters["id"] ?? "", of: caller, from: call.context)
                return nothing(call)
            },
        ]
    }

    // MARK: To the provider

    /// What the route itself reads of a query; everything else is for the provider.
    private static let ownParameters = [
        "provider", "redirect_to", "scopes", "code_challenge", "code_challenge_method", "ticket", "flow_type",
        "skip_http_redirect",
    ]

    /// The parameters of a query that are for the provider.
    private static func forProvider(_ call: Call) throws(SupabaseError) -> [(String, String)] {
        var parameters: [(String, String)] = []
        for pair in try SupabaseFields.pairs(call.query) {
            let isOwn = ownParameters.contains { $0.hasSameOctets(as: pair.name) }
            if !isOwn, !pair.value.isEmpty { parameters.append((pair.name, pair.value)) }
        }
        return parameters
    }

    private func authorize(_ call: Call) async throws(SupabaseError) -> Reply {
        if let refused = refuseHead(call, allowing: "GET, OPTIONS") { return refused }
        // Over plain HTTP the flow's cookie would reach the network.
        guard let client = call.client, browsers.isOffered(to: client) else {
            throw .validation(SupabaseWording.insecureCookies)
        }
        let query = try SupabaseFields(query: call)
        let departure = try await supabase.departure(
            provider: try query.text("provider"),
            returning: try query.returning(redirectTo: try query.text("redirect_to")),
            scopes: try query.text("scopes"), parameters: try Self.forProvider(call), ticket: try query.text("ticket"),
            from: call.context)
        var reply = try redirect(to: departure.url, .found, call)
        reply.fields += cookies.fields(for: departure.flow.value, suffix: departure.flow.suffix, in: call.request)
        return reply
    }

    // MARK: Back from it

    private func finish(_ call: Call) async throws(SupabaseError) -> Reply {
        if let refused = refuseHead(call, allowing: "GET, POST, OPTIONS") { return refused }
        guard let name = providerName(of: call), let callback = ProviderCallback(query: call.query) else {
            return try toSite(.badOAuthState, .found, call)
        }
        let cookie = cookies.value(of: callback.state, in: call.request)
        let target = await supabase.finish(name, callback, cookie: cookie, from: call.context)
        var reply: Reply
        if let target {
            reply = try redirect(to: target, .found, call)
        } else {
            reply = try toSite(.badOAuthState, .found, call)
        }
        reply.fields += cookies.clearingFields(of: callback.state, in: call.request)
        return reply
    }

    /// Keeps what a provider's form holds: browsers send no cookie with it, and come again with GET.
    private func receive(_ call: Call) async throws(SupabaseError) -> Reply {
        guard let name = providerName(of: call), let callback = callback(inFormOf: call) else {
            return try toSite(.badOAuthState, .seeOther, call)
        }
        let state: String
        do throws(SupabaseError) {
            state = try await supabase.park(name, callback, from: call.context)
        } catch {
            // A browser stands behind the form: it goes on to the site, unless the service cannot do its work.
            guard error == .badOAuthState || error == .providerDisabled else { throw error }
            return try toSite(.badOAuthState, .seeOther, call)
        }
        let base = service.settings.supabase?.baseURL ?? Self.base
        return try redirect(to: "\(base)/callback/\(name.text)?state=\(state)", .seeOther, call)
    }

    private func callback(inFormOf call: Call) -> ProviderCallback? {
        guard var fields = try? call.fields([.form]) else { return nil }
        return ProviderCallback(&fields)
    }

    /// No provider has this address: each has one of its own.
    private func bareCallback(_ call: Call, _ status: Status, allowing methods: String) throws(SupabaseError) -> Reply {
        if let refused = refuseHead(call, allowing: methods) { return refused }
        return try toSite(.badOAuthCallback, status, call)
    }

    private func providerName(of call: Call) -> ProviderName? {
        call.parameters["name"].flatMap { ProviderName(parsing: $0) }
    }

    /// Sends a browser that comes from nowhere to the site, with what went wrong.
    private func toSite(_ error: SupabaseError, _ status: Status, _ call: Call) throws(SupabaseError) -> Reply {
        guard let site = service.settings.supabase?.redirects.site else { throw .featureDisabled }
        let fault = SupabaseFault(error, at: .other)
        // The kind of the flow is unknown: clients of the implicit one read the fragment alone.
        let parameters = [
            ("error", "invalid_request"), ("error_code", fault.code), ("error_description", fault.message),
        ]
        var reply = try redirect(to: site.adding(query: parameters, fragment: parameters), status, call)
        reply.reason = fault.code
        return reply
    }
}
