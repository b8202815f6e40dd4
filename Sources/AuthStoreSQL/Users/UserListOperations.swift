// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthStore

/// Lists of users, by key and never by scanning what lies before the page, unless an offset is asked for.
enum UserListOperations {
    /// U10.
    static func page(_ query: UserQuery) -> SQLOperation<UserPage> {
        let limit = query.boundedLimit
        guard let statement = statement(for: query) else {
            return SQLOperation(.read, .rollback(UserPage(users: [], next: nil)))
        }
        return SQLOperation(
            .read,
            .run(statement) { (result) throws(StoreError) in
                var users: [User] = []
                for row in result.rows.prefix(limit) { users.append(try UserColumns.user(in: row)) }
                // One more row than asked for was read, to know whether there is a next page.
                let next = result.rows.count > limit ? users.last : nil
                return .commit([], UserPage(users: users, next: next.map { UserCursor($0, sortedBy: query.sort) }))
            })
    }

    /// The statement for a page; `nil` where it is empty without asking.
    static func statement(for query: UserQuery) -> Statement? {
        var fragments: [SQLFragment] = ["SELECT", .init(UserColumns.list), "FROM authd.users"]
        var values: [SQLValue] = []
        var conjunction: SQLFragment = "WHERE"
        func condition(_ parts: SQLFragment...) {
            fragments += [conjunction] + parts
            conjunction = "AND"
        }
        func bind(_ value: SQLValue) -> SQLFragment {
            values.append(value)
            return .parameter(values.count)
        }

        if let role = query.role { condition("role =", bind(.text(role.name))) }
        if let isActive = query.isActive { condition("is_active =", bind(.bool(isActive))) }
        if let search = query.foldedSearch {
            // No user's names together hold either, and no database takes them.
            guard !search.utf8.contains(0), search.utf8.count <= 4_096 else { return nil }
            condition("search_key LIKE", bind(.text(pattern(containing: search))), "ESCAPE '!'")
        }
        let column = column(of: query.sort)
        var offset: SQLFragment?
        switch query.start {
        case .beginning:
            break
        case .after(let cursor):
            guard query.accepts(cursor) else { return nil }
            let key: SQLValue
            switch cursor.value.comparable {
            case .time(let microseconds): key = .int64(microseconds)
            case .text(let text): key = .text(text)
            }
            guard cursor.isSendable else { return nil }
            condition(
                "(", column, ", id)", query.descending ? "<" : ">", "(", bind(key), ",", bind(.id(cursor.id)), ")")
        case .offset(let count):
            offset = bind(.int64(max(0, count)))
        }
        fragments += ["ORDER BY", column]
        fragments += query.descending ? ["DESC, id DESC"] : [", id"]
        fragments += ["LIMIT", bind(.int64(Int64(query.boundedLimit) + 1))]
        if let offset { fragments += ["OFFSET", offset] }
        return Statement(SQL(joining: fragments, isPermanent: false), values)
    }

    private static func column(of key: UserQuery.SortKey) -> SQLFragment {
        switch key {
        case .createdAt: "created_at_us"
        case .updatedAt: "updated_at_us"
        case .lastLogin: "last_login_key"
        case .username: "username_key"
        case .email: "email_key"
        }
    }

    /// A pattern that a text matches if `part` is in it.
    private static func pattern(containing part: String) -> String {
        var pattern = "%"
        for scalar in part.unicodeScalars {
            if scalar == "%" || scalar == "_" || scalar == "!" { pattern.unicodeScalars.append("!") }
            pattern.unicodeScalars.append(scalar)
        }
        return pattern + "%"
    }
}

extension UserCursor {
    /// Whether a database takes the cursor's value: no text that it holds has a NUL.
    fileprivate var isSendable: Bool {
        switch value {
        case .time: true
        case .text(let text): !(text ?? "").utf8.contains(0)
        }
    }
}
