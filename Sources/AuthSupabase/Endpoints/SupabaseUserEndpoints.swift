// SPDX-License-Identifier: Apache-2.0

internal import AuthCore
internal import AuthHTTP
internal import AuthHTTPServer
internal import AuthService

/// What a user reads and changes of themselves.
extension SupabaseEndpoints {
    var userEndpoints: [Endpoint] {
        [
            // As guarded by an access token; servers ask it for each of their requests, from one address.
            userRoute(.get, "/user", "supabaseUser", limit: .none) { (caller, call) async throws(SupabaseError) in
                SupabaseSessionRepresentation.reply(try await supabase.profile(of: caller), call)
            },
            userRoute(.put, "/user", "supabaseUpdateUser", limit: .write) {
                (caller, call) async throws(SupabaseError) in
                try await update(caller, call)
            },
            userRoute(.get, "/reauthenticate", "supabaseReauthenticate", limit: .mail) {
                (caller, call) async throws(SupabaseError) in
                if let refused = refuseHead(call, allowing: "GET, OPTIONS") { return refused }
                try await supabase.reauthenticate(caller, from: call.context)
                return nothing(call)
            },
            userRoute(.post, "/logout", "supabaseLogout", limit: .write) { (caller, call) async throws(SupabaseError) in
                let query = try SupabaseFields(query: call)
                try await supabase.signOut(caller, scope: try query.text("scope"), from: call.context)
                return call.replies.empty()
            },
        ]
    }

    private func update(_ caller: SupabaseCaller, _ call: Call) async throws(SupabaseError) -> Reply {
        let query = try SupabaseFields(query: call)
        let body = try SupabaseFields(body: call)
        let change = SupabaseUserChange(
            email: try body.text("email"), phone: try body.text("phone"), password: try body.text("password"),
            nonce: try body.text("nonce"), currentPassword: try body.text("current_password"),
            data: try body.object("data"), hasAppMetadata: body.has("app_metadata"),
            returning: try body.returning(redirectTo: try query.text("redirect_to")))
        // Passwords are tried here, too.
        if change.password != nil || change.currentPassword != nil { try await count(call, as: .signIn) }
        // And a new address is mailed to.
        if let email = change.email, !email.isEmpty { try await count(call, as: .mail) }
        return SupabaseSessionRepresentation.reply(
            try await supabase.update(caller, by: change, from: call.context), call)
    }

    /// The answer to a HEAD request for a route whose GET does something.
    func refuseHead(_ call: Call, allowing methods: String) -> Reply? {
        guard call.request.method == .head else { return nil }
        var reply = SupabaseErrorForm.reply(SupabaseFault(Refusal(.methodNotAllowed)), call)
        reply.fields.append(("allow", methods))
        return reply
    }
}
