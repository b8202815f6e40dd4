// SPDX-License-Identifier: Apache-2.0

internal import AuthCore
internal import AuthHTTP
internal import AuthHTTPServer
internal import AuthService

/// What a secret key may do beside users: invitations, links and the audit.
extension SupabaseEndpoints {
    var adminEndpoints: [Endpoint] {
        [
            adminRoute(.post, "/invite", "supabaseInvite", limit: .write) {
                (admin, call) async throws(SupabaseError) in
                let query = try SupabaseFields(query: call)
                let body = try SupabaseFields(body: call)
                let profile = try await supabase.invite(
                    email: try body.text("email"), data: try body.object("data"),
                    redirectTo: try query.text("redirect_to"), by: admin, from: call.context)
                return SupabaseSessionRepresentation.reply(profile, call)
            },
            adminRoute(.post, "/admin/generate_link", "supabaseGenerateLink", limit: .write) {
                (admin, call) async throws(SupabaseError) in
                try await generateLink(admin, call)
            },
            adminRoute(.get, "/admin/audit", "supabaseAudit", limit: .read) {
                (_, call) async throws(SupabaseError) in
                try await audit(call)
            },
        ]
    }

    private func generateLink(_ admin: SupabaseAdmin, _ call: Call) async throws(SupabaseError) -> Reply {
        let query = try SupabaseFields(query: call)
        let body = try SupabaseFields(body: call)
        // The contract has the place in the query; its clients send it in the body, too.
        let inQuery = try query.text("redirect_to")
        let inBody = try body.text("redirect_to")
        let order = SupabaseLinkOrder(
            type: try body.text("type"), email: try body.text("email"), password: try body.text("password"),
            newEmail: try body.text("new_email"), redirectTo: inQuery ?? inBody, data: try body.object("data"))
        let link = try await supabase.generateLink(order, by: admin, from: call.context)
        return call.replies.json { body in
            SupabaseUserRepresentation.write(link.profile, into: &body)
            body.member("action_link", link.actionLink)
            body.member("email_otp", link.code)
            body.member("hashed_token", link.hashedToken)
            body.member("verification_type", link.verificationType)
            body.member("redirect_to", link.redirectTo)
        }
    }

    private func audit(_ call: Call) async throws(SupabaseError) -> Reply {
        let page = try SupabasePage(try SupabaseFields(query: call))
        let events = try await supabase.audit(page: page.number, perPage: page.size)
        var writer = JSONWriter()
        writer.array { list in
            for stored in events {
                let event = stored.event
                list.object { item in
                    item.member("id", String(stored.cursor))
                    item.member(
                        "payload",
                        object: { payload in
                            payload.member("action", event.action.rawValue)
                            payload.member(orNull: "actor_id", event.actor?.description)
                            payload.member(orNull: "target_id", event.target?.description)
                            payload.member(orNull: "refusal", event.refusal)
                        })
                    item.member("created_at", event.at.rfc3339)
                    item.member("ip_address", event.source ?? "")
                }
            }
        }
        return call.replies.json(writer.bytes)
    }
}

/// The part of a list that a query asks for.
struct SupabasePage: Hashable, Sendable {
    /// The number of the page, from one.
    let number: Int
    /// How many items a page has.
    let size: Int

    init(number: Int, size: Int) {
        self.number = number
        self.size = size
    }

    /// Reads `page` and `per_page`; what is absent or empty is the first page, of fifty.
    ///
    /// - Throws: `.validation` for anything else than whole numbers within their bounds.
    init(_ query: SupabaseFields) throws(SupabaseError) {
        number = try query.number("page", most: 1_000_000) ?? 1
        size = try query.number("per_page", most: 1_000) ?? 50
    }

    /// The value of `Link`: the next page, where there is one, and the last.
    ///
    /// Clients read the number behind the first equals sign, so `page` stands first.
    func links(of path: String, total: Int64) -> String {
        let last = max(1, (total + Int64(size) - 1) / Int64(size))
        var links: [String] = []
        func link(to page: Int64, _ relation: String) {
            links.append("<\(path)?page=\(page)&per_page=\(size)>; rel=\"\(relation)\"")
        }
        if Int64(number) < last { link(to: Int64(number) + 1, "next") }
        link(to: last, "last")
        return links.joined(separator: ", ")
    }
}
