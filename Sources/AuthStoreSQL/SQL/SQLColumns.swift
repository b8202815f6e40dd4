// SPDX-License-Identifier: Apache-2.0

/// Columns in the order in which statements name, bind and read them: written once, and rendered wherever a statement
/// needs them.
struct SQLColumns: Sendable {
    /// Their names.
    let names: [Substring]

    /// Reads a list of names with `, ` in between.
    init(_ list: StaticString) {
        // A literal without escapes is ASCII here, so this is its own text.
        names = list.description.split(separator: ", ")
    }

    private init(names: [Substring]) {
        self.names = names
    }

    /// How many there are.
    var count: Int { names.count }

    /// These columns and then others.
    static func + (left: SQLColumns, right: SQLColumns) -> SQLColumns {
        SQLColumns(names: left.names + right.names)
    }

    /// All but the first ones.
    func dropFirst(_ count: Int = 1) -> SQLColumns {
        SQLColumns(names: Array(names.dropFirst(count)))
    }

    /// `(a, b) VALUES ($1, $2)`.
    var insertion: SQLFragment {
        SQLFragment(text: "(\(joined { name, _ in name })) VALUES (\(joined { _, place in "$\(place + 1)" }))")
    }

    /// `(a, b, c) VALUES ((SELECT a FROM …), $1, $2)`: the first by a sub-select, which gives one row.
    func insertion(afterFirst source: StaticString) -> SQLFragment {
        let values = joined { name, place in place == 0 ? "(SELECT \(name) \(source))" : "$\(place)" }
        return SQLFragment(text: "(\(joined { name, _ in name })) VALUES (\(values))")
    }

    /// `a = $4, b = $5`, the first bound to the parameter with this number.
    func assignments(from first: Int) -> SQLFragment {
        SQLFragment(text: joined { name, place in "\(name) = $\(first + place)" })
    }

    /// `t.a, t.b`: where another table of the statement has columns of the same names.
    func qualified(by table: StaticString) -> SQLFragment {
        SQLFragment(text: joined { name, _ in "\(table).\(name)" })
    }

    private func joined(_ render: (Substring, Int) -> some StringProtocol) -> String {
        names.enumerated().map { String(render($0.element, $0.offset)) }.joined(separator: ", ")
    }
}

extension SQLFragment {
    /// The names, with `, ` in between.
    init(_ columns: SQLColumns) {
        self.init(text: columns.names.joined(separator: ", "))
    }
}
