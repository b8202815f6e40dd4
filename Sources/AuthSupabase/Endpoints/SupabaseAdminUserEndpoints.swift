// SPDX-License-Identifier: Apache-2.0

internal import AuthCore
internal import AuthHTTP
internal import AuthHTTPServer
internal import AuthService

/// The users, for a secret key.
extension SupabaseEndpoints {
    var adminUserEndpoints: [Endpoint] {
        [
            adminRoute(.get, "/admin/users", "supabaseListUsers", limit: .read) {
                (_, call) async throws(SupabaseError) in
                try await list(call)
            },
            adminRoute(.post, "/admin/users", "supabaseCreateUser", limit: .write) {
                (admin, call) async throws(SupabaseError) in
                let draft = try Self.draft(try SupabaseFields(body: call))
                return SupabaseSessionRepresentation.reply(
                    try await supabase.create(draft, by: admin, from: call.context), call)
            },
            adminRoute(.get, "/admin/users/{id}", "supabaseGetUser", limit: .read) {
                (_, call) async throws(SupabaseError) in
                guard let id = userID(of: call) else { return badID(call) }
                return SupabaseSessionRepresentation.reply(try await supabase.user(id), call)
            },
            adminRoute(.put, "/admin/users/{id}", "supabaseChangeUser", limit: .write) {
                (admin, call) async throws(SupabaseError) in
                guard let id = userID(of: call) else { return badID(call) }
                let draft = try Self.draft(try SupabaseFields(body: call))
                return SupabaseSessionRepresentation.reply(
                    try await supabase.update(id, by: draft, as: admin, from: call.context), call)
            },
            adminRoute(.delete, "/admin/users/{id}", "supabaseDeleteUser", limit: .write) {
                (admin, call) async throws(SupabaseError) in
                guard let id = userID(of: call) else { return badID(call) }
                let body = try SupabaseFields(body: call)
                try await supabase.delete(
                    id, softly: try body.bool("should_soft_delete") ?? false, by: admin, from: call.context)
                return nothing(call)
            },
            adminRoute(.get, "/admin/users/{id}/factors", "supabaseListUserFactors", limit: .read) {
                (_, call) async throws(SupabaseError) in
                guard let id = userID(of: call) else { return badID(call) }
                _ = try await supabase.user(id)
                return call.replies.json(Array("[]".utf8))
            },
            adminRoute(.put, "/admin/users/{id}/factors/{factor}", "supabaseChangeUserFactor", limit: .write) {
                (_, call) async throws(SupabaseError) in
                try await missingFactor(call)
            },
            adminRoute(.delete, "/admin/users/{id}/factors/{factor}", "supabaseDeleteUserFactor", limit: .write) {
                (_, call) async throws(SupabaseError) in
                try await missingFactor(call)
            },
        ]
    }

    private func userID(of call: Call) -> UserID? {
        call.parameters["id"].flatMap { UserID(parsing: $0) }
    }

    private func badID(_ call: Call) -> Reply {
        SupabaseErrorForm.reply(.badPathID, call)
    }

    private func missingFactor(_ call: Call) async throws(SupabaseError) -> Reply {
        guard let id = userID(of: call) else { return badID(call) }
        _ = try await supabase.user(id)
        throw .factorNotFound
    }

    private static func draft(_ body: SupabaseFields) throws(SupabaseError) -> SupabaseDraft {
        SupabaseDraft(
            id: try body.text("id"), email: try body.text("email"), phone: try body.text("phone"),
            password: try body.text("password"), passwordHash: try body.text("password_hash"),
            role: try body.text("role"), banDuration: try body.text("ban_duration"),
            confirmsEmail: try body.bool("email_confirm") ?? false,
            appMetadata: try body.object("app_metadata"), userMetadata: try body.object("user_metadata"))
    }

    private func list(_ call: Call) async throws(SupabaseError) -> Reply {
        let query = try SupabaseFields(query: call)
        let page = try SupabasePage(query)
        let (profiles, total) = try await supabase.list(
            page: page.number, perPage: page.size, filter: try query.text("filter"),
            isAscending: try Self.isAscending(try query.text("sort")))
        var reply = call.replies.json { body in
            body.member(
                "users",
                array: { users in
                    for profile in profiles {
                        users.object { SupabaseUserRepresentation.write(profile, into: &$0) }
                    }
                })
            body.member("aud", "authenticated")
        }
        reply.fields.append(("x-total-count", "\(total)"))
        reply.fields.append(("link", page.links(of: "\(Self.base)/admin/users", total: total)))
        return reply
    }

    /// The order of a list: the newest first, unless the query says otherwise.
    private static func isAscending(_ sort: String?) throws(SupabaseError) -> Bool {
        switch sort.map({ WireText($0) }) {
        case nil, "created_at desc", "created_at": return false
        case "created_at asc": return true
        default: throw .validation(SupabaseWording.badSort)
        }
    }
}
