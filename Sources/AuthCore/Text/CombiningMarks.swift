// SPDX-License-Identifier: Apache-2.0

/// Runs of combining marks in canonical order.
///
/// The standard library sorts each run by insertion, which takes time that grows with the square of the run's length
/// unless the run is in order already. Ordering by combining class, marks of one class as they stood, is all that
/// normalization does to a run, so doing it beforehand changes no result.
///
/// - Source: Unicode Standard §3.11, D109 (canonical ordering algorithm).
enum CombiningMarks {
    /// Longer runs are put in order; no language has one (Unicode Standard Annex #15, Stream-Safe Text Format).
    static let longestPlainRun = 30

    /// A canonically equivalent text whose long runs of marks are in canonical order.
    ///
    /// Cost: n log n for n code points; one pass where no run is long.
    static func ordered(_ text: String) -> String {
        guard hasLongRun(text) else { return text }
        var ordered = String.UnicodeScalarView()
        var run: [(scalar: Unicode.Scalar, rank: UInt8, position: Int)] = []
        func finishRun() {
            run.sort { ($0.rank, $0.position) < ($1.rank, $1.position) }
            ordered.append(contentsOf: run.lazy.map(\.scalar))
            run.removeAll(keepingCapacity: true)
        }
        for scalar in text.unicodeScalars {
            guard isMark(scalar) else {
                finishRun()
                ordered.append(scalar)
                continue
            }
            run.append((scalar, scalar.properties.canonicalCombiningClass.rawValue, run.count))
        }
        finishRun()
        return String(ordered)
    }

    private static func hasLongRun(_ text: String) -> Bool {
        var length = 0
        for scalar in text.unicodeScalars {
            length = isMark(scalar) ? length + 1 : 0
            if length > longestPlainRun { return true }
        }
        return false
    }

    /// Whether a scalar takes part in ordering; none below U+0300 does.
    private static func isMark(_ scalar: Unicode.Scalar) -> Bool {
        scalar.value >= 0x300 && scalar.properties.canonicalCombiningClass != .notReordered
    }
}
