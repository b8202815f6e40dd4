// SPDX-License-Identifier: Apache-2.0

package import NIOCore

/// Decides when a warning that may be due thousands of times a second is written: the first time at once, then at most
/// once a minute with the number of times since.
package struct RareWarning: Sendable {
    private var nextAt: NIODeadline?
    private var unreported = 0

    /// Nothing has occurred yet.
    package init() {}

    /// Counts one occurrence.
    ///
    /// - Returns: How many occurrences a line written now stands for; `nil` where none is to be written.
    package mutating func count(at now: NIODeadline) -> Int? {
        unreported += 1
        if let nextAt, now < nextAt { return nil }
        nextAt = now + .minutes(1)
        defer { unreported = 0 }
        return unreported
    }
}
