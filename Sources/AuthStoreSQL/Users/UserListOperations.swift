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

    /// X10.
    static func count(_ query: UserQuery) -> SQLOperation<Int64> {
        guard let statement = countingStatement(for: query) else { return SQLOperation(.read, .rollback(0)) }
        return SQLOperation(
            .read,
            .run(statement) { (result) throws(StoreError) in
                guard let row = result.first else { throw .corrupt("a count gave no row") }
                return .commit([], try row.int64(0))
            })
    }

    /// The statement that counts all users of a query; `nil` where there are none without asking.
    static func countingStatement(for query: UserQuery) -> Statement? {
        guard var builder = Builder("SELECT count(*) FROM (SELECT 1 FROM authd.users", for: query) else { return nil }
        let limit = builder.bind(.int64(Int64(UserQuery.mostCounted)))
        builder.fragments += ["LIMIT", limit, ") AS matching"]
        return builder.statement
    }

    /// The statement for a page; `nil` where it is empty without asking.
    static func statement(for query: UserQuery) -> Statement? {
        guard var builder = Builder("SELECT", .init(UserColumns.list), "FROM authd.users", for: query) else {
            return nil
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
            let (place, id) = (builder.bind(key), builder.bind(.id(cursor.id)))
            builder.condition("(", column, ", id)", query.descending ? "<" : ">", "(", place, ",", id, ")")
        case .offset(let count):
            offset = builder.bind(.int64(max(0, count)))
        }
        builder.fragments += ["ORDER BY", column]
        builder.fragments += query.descending ? ["DESC, id DESC"] : [", id"]
        let limit = builder.bind(.int64(Int64(query.boundedLimit) + 1))
        builder.fragments += ["LIMIT", limit]
        if let offset { builder.fragments += ["OFFSET", offset] }
        return builder.statement
    }

    /// A statement about the users of a query, as it is put together.
    private struct Builder {
        var fragments: [SQLFragment]
        private var values: [SQLValue] = []
        private var conjunction: SQLFragment = "WHERE"

        /// Begins with the conditions of a query; `nil` where no user can meet them.
        init?(_ beginning: SQLFragment..., for query: UserQuery) {
            fragments = beginning
            if let role = query.role {
                let name = bind(.text(role.name))
                condition("role =", name)
            }
            if let isActive = query.isActive {
                let value = bind(.bool(isActive))
                condition("is_active =", value)
            }
            if let search = query.foldedSearch {
                // No user's names together hold either, and no database takes them.
                guard !search.utf8.contains(0), search.utf8.count <= 4_096 else { return nil }
                let text = bind(.text(UserListOperations.pattern(containing: search)))
                condition("search_key LIKE", text, "ESCAPE '!'")
            }
        }

        mutating func condition(_ parts: SQLFragment...) {
            fragments += [conjunction] + parts
            conjunction = "AND"
        }

        mutating func bind(_ value: SQLValue) -> SQLFragment {
            values.append(value)
            return .parameter(values.count)
        }

        var statement: Statement { Statement(SQL(joining: fragments, isPermanent: false), values) }
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
    fileprivate static func pattern(containing part: String) -> String {
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
