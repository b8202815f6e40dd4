// SPDX-License-Identifier: Apache-2.0

/// Decides when freed memory goes back to the system: after a burst, and not while it comes and goes.
struct HeapTrimming {
    /// Below this many bytes beyond the program's own there is nothing worth the pause.
    static let worthwhile = 4 * 1024 * 1024

    private var inUseBefore = 0
    private var residentAfterTrim: Int?

    /// Whether to trim now.
    ///
    /// A burst is over when no more is in use than at the last look, but for a tenth. Nothing is done where the process has
    /// not grown since the last time: what malloc counts as free includes what the system has back already.
    mutating func isDue(inUse: Int, free: Int, resident: Int) -> Bool {
        defer { inUseBefore = inUse }
        let isQuiet = inUse <= inUseBefore + inUseBefore / 10
        let hasGrown = residentAfterTrim.map { resident > $0 + Self.worthwhile } ?? true
        return isQuiet && hasGrown && free > max(Self.worthwhile, inUse / 4)
    }

    /// Tells what was resident after a trim.
    mutating func trimmed(resident: Int) {
        residentAfterTrim = resident
    }
}
