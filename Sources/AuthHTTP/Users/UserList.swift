// SPDX-License-Identifier: Apache-2.0

internal import AuthCore
internal import AuthHTTPServer
internal import AuthService
internal import AuthStore

/// Listing and counting users.
struct UserListEndpoints: EndpointGroup {
    let reference: ServiceReference
    /// What stands before the path in links.
    let publicBase: String

    var endpoints: [Endpoint] {
        [
            Endpoint(
                method: .get, path: "/users", operationID: "listUsers", tag: .users, summary: "List users",
                access: .permission(Self.read), limit: .read,
                description: """
                    Page with `cursor`, which stays stable while users are created and deleted. With `skip` the response is
                    a bare array. `Link` names the next page in both forms. `total` counts all users and ignores the filter.
                    """,
                query: Self.parameters,
                replies: [
                    .json(.ok, "A page of users", .oneOf([.component("UserPage"), .array(of: .component("User"))]))
                ],
                handle: list),
            Endpoint(
                method: .get, path: "/users/stats/count", operationID: "countUsers", tag: .users,
                summary: "Count users", access: .permission(Self.read), limit: .read,
                replies: [
                    .json(
                        .ok, "The number of users", .object([.required("total_users", .integer())]),
                        example: ["total_users": 42])
                ],
                handle: count),
        ]
    }

    var schemas: [(name: String, schema: Schema)] {
        [("UserPage", Self.pageSchema)]
    }

    private var service: AuthService { reference.service }

    static let read: Permission = "users:read"

    static let pageSchema = Schema.object([
        .required("items", .array(of: .component("User"))),
        .required("total", .integer("All users, whatever the filter.")),
        .required("limit", .integer()),
        .optional("page", .integer("Only where `page` was asked for.")),
        .required("next_cursor", .string("Absent on the last page.").nullable),
    ])

    private static let parameters: [QueryParameter] = [
        QueryParameter(name: "limit", schema: .integer("At most this many; more than 100 counts as 100.")),
        QueryParameter(name: "cursor", schema: .string("The `next_cursor` of the previous page.")),
        QueryParameter(name: "skip", schema: .integer("Leave out this many.", in: 0...1_000_000_000)),
        QueryParameter(name: "page", schema: .integer("The page with this number.", in: 1...10_000_000)),
        QueryParameter(
            name: "sort",
            schema: .string(
                "The order; a minus before it turns it round.",
                choices: UserQuery.SortKey.allCases.flatMap { [$0.rawValue, "-\($0.rawValue)"] })),
        QueryParameter(name: "role", schema: .string("Only users of this role.")),
        QueryParameter(name: "is_active", schema: .boolean("Only users who are, or are not, active.")),
        QueryParameter(
            name: "q", schema: .string("Only users in whose name or address this stands.", lengths: 1...100)),
    ]

    private func list(_ call: Call) async throws(Refusal) -> Reply {
        var fields = try call.queryFields(Self.parameters.map(\.name))
        let skip = fields.integer("skip", in: 0...1_000_000_000)
        let page = fields.integer("page", in: 1...10_000_000)
        let query = Self.query(&fields, skip: skip, page: page)
        try fields.check()
        let found = try await mapErrors { () throws(AuthError) in try await service.users.list(matching: query) }
        let next = found.next.map { ListPosition($0, sort: query.sort, isDescending: query.descending).text }
        var reply: Reply
        if skip != nil {
            reply = call.replies.json(Self.array(found.users))
        } else {
            let total = try await mapErrors { () throws(AuthError) in try await service.users.count() }
            reply = call.replies.json { body in
                body.name("items")
                body.unchecked(Self.array(found.users))
                body.member("total", total)
                body.member("limit", Int64(query.limit))
                body.member(ifPresent: "page", page)
                body.member(orNull: "next_cursor", next)
            }
        }
        if let link = link(call, next: next, skip: skip, page: page, limit: Int64(query.limit)) {
            reply.fields.append(("link", link))
        }
        return reply
    }

    private func count(_ call: Call) async throws(Refusal) -> Reply {
        let total = try await mapErrors { () throws(AuthError) in try await service.users.count() }
        return call.replies.json { $0.member("total_users", total) }
    }

    private static func query(_ fields: inout FieldReader, skip: Int64?, page: Int64?) -> UserQuery {
        var query = UserQuery(limit: Int(min(fields.integer("limit", in: 1...1_000_000) ?? 20, 100)))
        if let sort = fields.text("sort") {
            query.descending = sort.utf8.first == UInt8(ascii: "-")
            if let key = UserQuery.SortKey(octetsOf: Substring(sort.utf8.dropFirst(query.descending ? 1 : 0))) {
                query.sort = key
            } else {
                fields.refuse("sort", code: "unknown_value", "There is no such order.")
            }
        }
        if let name = fields.text("role") {
            query.role = Role(name)
            if query.role == nil { fields.refuse("role", code: "malformed", "This is not a role's name.") }
        }
        query.isActive = fields.bool("is_active")
        if let search = fields.text("q"), !search.isEmpty {
            query.search = search
            if search.unicodeScalars.count > 100 {
                fields.refuse("q", code: "too_long", "At most 100 characters are allowed.")
            }
        }
        query.start = start(&fields, query, skip: skip, page: page)
        return query
    }

    private static func start(
        _ fields: inout FieldReader, _ query: UserQuery, skip: Int64?, page: Int64?
    ) -> UserQuery.Start {
        let cursor = fields.text("cursor")
        guard [cursor != nil, skip != nil, page != nil].count(where: { $0 }) <= 1 else {
            fields.refuse("cursor", code: "conflicting", "Only one of cursor, skip and page can be used.")
            return .beginning
        }
        if let skip { return .offset(skip) }
        if let page { return .offset((page - 1) * Int64(query.limit)) }
        guard let cursor else { return .beginning }
        guard let position = ListPosition(cursor), position.sort == query.sort,
            position.isDescending == query.descending
        else {
            fields.refuse("cursor", code: "malformed", "The cursor does not belong to this list.")
            return .beginning
        }
        return .after(position.cursor)
    }

    /// The `Link` to the next page, with the parameters of this request. - Source: RFC 8288
    private func link(_ call: Call, next: String?, skip: Int64?, page: Int64?, limit: Int64) -> String? {
        guard let next, let pairs = try? FormReader.read((call.query ?? "")[...]) else { return nil }
        var parameters = pairs.filter { !["cursor", "skip", "page"].contains(WireText($0.name)) }
        if let skip {
            parameters.append(("skip", "\(skip + limit)"))
        } else if let page {
            parameters.append(("page", "\(page + 1)"))
        } else {
            parameters.append(("cursor", next))
        }
        let query = parameters.map { "\($0.name)=\(PercentEncoding.encode($0.value))" }.joined(separator: "&")
        return "<\(publicBase)/users?\(query)>; rel=\"next\""
    }

    private static func array(_ users: [User]) -> [UInt8] {
        var writer = JSONWriter(reservingCapacity: 512 * users.count + 2)
        writer.array { list in
            for user in users { UserRepresentation.write(user, into: &list) }
        }
        return writer.bytes
    }
}
