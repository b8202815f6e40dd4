// SPDX-License-Identifier: Apache-2.0

/// The fixed text of one statement, written once for all dialects.
///
/// It is written as PostgreSQL reads it: parameters are `$1`, `$2` and so on, every table is qualified as `authd.`, and
/// rows are locked with ` FOR UPDATE`, which may be followed by ` SKIP LOCKED`. SQLite's driver leaves the schema and the lock
/// away, having one writer. Columns
/// and parameters are only of the types that `SQLValue` has.
///
/// A statement is an object so that drivers can keep what they prepared under its identity, without hashing its text.
/// Only literals make one: no value can get into the text.
public final class SQL: Sendable {
    /// The text.
    public let text: String
    /// Whether a driver should keep the statement prepared: true for those that live as long as the process.
    public let isPermanent: Bool

    /// Takes the text of a statement that is kept in a static constant.
    public init(_ text: StaticString) {
        self.text = text.description
        isPermanent = true
    }

    /// Joins fragments, a space between them, into the text of a statement.
    ///
    /// A statement that is kept in a static constant is permanent (`isPermanent`); one that is made for one use is not.
    package init(joining fragments: [SQLFragment], isPermanent: Bool) {
        text = fragments.map(\.text).joined(separator: " ")
        self.isPermanent = isPermanent
    }

    /// Takes one statement of a migration, which was compiled into the program.
    package init(migration text: String) {
        self.text = text
        isPermanent = false
    }
}

/// A part of a statement's text: a literal, or the place of a parameter.
package struct SQLFragment: Sendable, ExpressibleByStringLiteral {
    /// The text of the part.
    package let text: String

    /// Takes a literal.
    package init(stringLiteral text: StaticString) {
        self.text = text.description
    }

    /// Takes a literal that is kept in a constant.
    package init(_ text: StaticString) {
        self.text = text.description
    }

    /// The place of the parameter with this number, from 1.
    package static func parameter(_ number: Int) -> SQLFragment {
        SQLFragment(text: "$\(number)")
    }

    /// Takes what is put together from literals and numbers alone.
    init(text: String) {
        self.text = text
    }
}

/// A statement with its bound values.
public struct Statement: Sendable {
    /// The text.
    public let sql: SQL
    /// The value of each parameter, `$1` first.
    public let values: [SQLValue]

    /// Binds values to a text.
    public init(_ sql: SQL, _ values: [SQLValue] = []) {
        self.sql = sql
        self.values = values
    }
}

extension Statement: CustomStringConvertible {
    /// The text alone: bound values do not print.
    public var description: String { sql.text }
}
