// SPDX-License-Identifier: Apache-2.0

/// The field by which a reply tells a developer how long it took.
enum ProcessTime {
    /// The field's name, in small letters.
    static let field = "x-process-time"

    /// Seconds, with six digits behind the point.
    static func text(nanoseconds: UInt64) -> String {
        let microseconds = nanoseconds / 1_000
        let fraction = String(microseconds % 1_000_000)
        return "\(microseconds / 1_000_000)." + String(repeating: "0", count: 6 - fraction.utf8.count) + fraction
    }
}
