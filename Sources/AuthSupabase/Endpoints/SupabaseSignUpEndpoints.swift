// SPDX-License-Identifier: Apache-2.0

internal import AuthCore
internal import AuthHTTP
internal import AuthHTTPServer
internal import AuthService

/// Signing up, with an address or without any.
extension SupabaseEndpoints {
    var signUpEndpoints: [Endpoint] {
        [
            route(.post, "/signup", "supabaseSignUp", limit: .register) { (call) async throws(SupabaseError) in
                try await signUp(call)
            }
        ]
    }

    private func signUp(_ call: Call) async throws(SupabaseError) -> Reply {
        let query = try SupabaseFields(query: call)
        let body = try SupabaseFields(body: call)
        let answer = try await supabase.signUp(
            try body.contact(), password: try body.text("password"), data: try body.object("data"),
            returning: try body.returning(redirectTo: try query.text("redirect_to")), locale: locale(of: call),
            from: call.context)
        switch answer {
        case .session(let session): return SupabaseSessionRepresentation.reply(session, call)
        case .user(let profile): return SupabaseSessionRepresentation.reply(profile, call)
        case .madeUp(let id, let email, let data, let time):
            return call.replies.json {
                SupabaseUserRepresentation.writeMadeUp(id, email: email, data: data, at: time, into: &$0)
            }
        }
    }
}
