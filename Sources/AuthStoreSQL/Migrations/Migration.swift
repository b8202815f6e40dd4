// SPDX-License-Identifier: Apache-2.0

/// One numbered step of the schema, forward and back.
package struct Migration: Hashable, Sendable {
    /// Its place; steps are numbered from 1 without gaps, alike in all dialects.
    package let version: Int64
    /// What it is about, in words joined by underscores.
    package let name: String
    /// The statements that take the step.
    package let up: String
    /// The statements that take it back, with all data of what it had made.
    package let down: String

    /// Describes a step.
    package init(version: Int64, name: String, up: String, down: String) {
        self.version = version
        self.name = name
        self.up = up
        self.down = down
    }

    /// The migrations of a dialect, in order.
    package static func all(for dialect: SQLDialect) -> [Migration] {
        switch dialect {
        case .postgres: postgres
        case .sqlite: sqlite
        }
    }

    /// Sixteen hexadecimal digits by which a changed step is noticed: FNV-1a, 64 bits, of the statements forward.
    ///
    /// It guards against mistakes, not against an attacker who can write to the database and needs no migration for that.
    package var checksum: String {
        let digest = up.utf8.reduce(0xcbf2_9ce4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
        let digits = String(digest, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }

    /// The statements of a script: each ends with a semicolon at the end of a line that is followed by an empty line or
    /// by the end of the script, so that a function's body may hold semicolons but no empty line after one.
    package static func statements(of script: String) -> [SQL] {
        var statements: [SQL] = []
        var lines: [Substring] = []
        let all = script.split(separator: "\n", omittingEmptySubsequences: false)
        for (index, line) in all.enumerated() {
            if !line.isEmpty || !lines.isEmpty { lines.append(line) }
            let isFollowedByGap = index + 1 >= all.count || all[index + 1].isEmpty
            guard line.hasSuffix(";"), isFollowedByGap else { continue }
            statements.append(SQL(migration: lines.joined(separator: "\n")))
            lines = []
        }
        // What is left over without a semicolon is a statement too, unless it is blank.
        if lines.contains(where: { !$0.allSatisfy(\.isWhitespace) }) {
            statements.append(SQL(migration: lines.joined(separator: "\n")))
        }
        return statements
    }
}
