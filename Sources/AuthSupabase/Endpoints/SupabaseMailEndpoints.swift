// SPDX-License-Identifier: Apache-2.0

internal import AuthCore
internal import AuthHTTP
internal import AuthHTTPServer
internal import AuthService

/// Asking for mails: to sign in, to reset a password, and again.
extension SupabaseEndpoints {
    var mailEndpoints: [Endpoint] {
        [
            route(.post, "/otp", "supabaseOTP", limit: .mail) { (call) async throws(SupabaseError) in
                let body = try SupabaseFields(body: call)
                if let channel = try body.text("channel"), !channel.isEmpty, try body.contact().email != nil {
                    throw .validation(SupabaseWording.strayChannel)
                }
                return try await requestOTP(body, createsUser: try body.bool("create_user") ?? true, call)
            },
            route(.post, "/magiclink", "supabaseMagicLink", limit: .mail) { (call) async throws(SupabaseError) in
                try await requestOTP(try SupabaseFields(body: call), createsUser: true, call)
            },
            route(.post, "/recover", "supabaseRecover", limit: .mail) { (call) async throws(SupabaseError) in
                try await recover(call)
            },
            route(.post, "/resend", "supabaseResend", limit: .mail) { (call) async throws(SupabaseError) in
                try await resend(call)
            },
        ]
    }

    private func requestOTP(
        _ body: SupabaseFields, createsUser: Bool, _ call: Call
    ) async throws(SupabaseError) -> Reply {
        let query = try SupabaseFields(query: call)
        try await supabase.requestOTP(
            try body.contact(), createsUser: createsUser, data: try body.object("data"),
            returning: try body.returning(redirectTo: try query.text("redirect_to")), locale: locale(of: call),
            from: call.context)
        return nothing(call)
    }

    private func recover(_ call: Call) async throws(SupabaseError) -> Reply {
        let query = try SupabaseFields(query: call)
        let body = try SupabaseFields(body: call)
        try await supabase.recover(
            try body.contact(), returning: try body.returning(redirectTo: try query.text("redirect_to")),
            from: call.context)
        return nothing(call)
    }

    private func resend(_ call: Call) async throws(SupabaseError) -> Reply {
        let query = try SupabaseFields(query: call)
        let body = try SupabaseFields(body: call)
        try await supabase.resend(
            try body.text("type"), try body.contact(),
            returning: try body.returning(redirectTo: try query.text("redirect_to")), from: call.context)
        return nothing(call)
    }
}
