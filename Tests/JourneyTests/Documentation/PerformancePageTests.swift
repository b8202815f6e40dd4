// SPDX-License-Identifier: Apache-2.0

import AuthTestSupport
import Foundation
import Testing

/// `docs/performance.md` against the rows that `make bench` writes.
@Suite("The page on performance")
struct PerformancePageTests {
    /// A cell that a run fills.
    private static let blank = "…"

    @Test("the page has the rows, yardsticks and budgets of `make bench`, and no section is filled in part")
    func rows() async throws {
        let script = AuthdBinary.package.appending(path: "Benchmarks/measurements/bench.py").path
        let outline = Self.lines(try await Command("python3", script, "--outline").succeed())
        let page = Self.lines(try AuthdBinary.text(of: "docs/performance.md"))

        try #require(page.count == outline.count, "the page has other rows than `make bench` writes")
        var section = ""
        var isFilled: [String: Set<Bool>] = [:]
        for (line, expected) in zip(page, outline) {
            if expected.hasPrefix("## ") { section = expected }
            let (cells, names) = (Self.cells(line), Self.cells(expected))
            try #require(cells.count == names.count, "\(line)")
            for (cell, name) in zip(cells, names) {
                if name == Self.blank {
                    isFilled[section, default: []].insert(cell != Self.blank)
                } else {
                    #expect(cell == name, "\(line)")
                }
            }
        }

        #expect(Set(isFilled.keys) == ["## Budgets", "## Growth"])
        for (section, states) in isFilled { #expect(states.count == 1, "\(section) is filled in part") }
    }

    /// The lines that the script gives a fixed form: notes depend on the run.
    private static func lines(_ text: String) -> [String] {
        text.split(separator: "\n").map(String.init).filter { !$0.hasPrefix("- ") }
    }

    /// The cells of a line of a table; any other line is one cell.
    private static func cells(_ line: String) -> [String] {
        guard line.hasPrefix("| ") else { return [line] }
        return line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
    }
}
