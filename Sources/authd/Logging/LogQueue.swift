// SPDX-License-Identifier: Apache-2.0

/// Lines of the log that wait to be written, bounded in bytes; what does not fit is lost and counted.
///
/// At most one writer empties it at a time: ``append(_:)`` says when one has to begin, and ``next()`` when it may end.
struct LogQueue {
    /// What a writer writes at once.
    struct Batch: Hashable {
        /// How many lines were lost since the batch before.
        let lost: Int
        /// Whole lines, perhaps none.
        let bytes: [UInt8]
        /// How many.
        let lines: Int
    }

    /// The bytes of a batch, unless its one line is longer.
    static let batchBytes = 32 * 1024

    private let capacity: Int
    private var lines: [[UInt8]] = []
    private var first = 0
    private var bytes = 0
    private var lostSinceBatch = 0
    /// How many lines were lost in all.
    private(set) var lost = 0
    /// Whether a writer is at work.
    private(set) var isBeingWritten = false

    /// `capacity` is in bytes.
    init(capacity: Int) {
        self.capacity = capacity
    }

    /// Adds a line with its end, or counts it as lost.
    ///
    /// - Returns: Whether a writer has to begin.
    mutating func append(_ line: [UInt8]) -> Bool {
        if bytes + line.count <= capacity {
            lines.append(line)
            bytes += line.count
        } else {
            lose(1)
        }
        guard !isBeingWritten else { return false }
        isBeingWritten = true
        return true
    }

    /// Counts lines that were taken and could not be written.
    mutating func lose(_ count: Int) {
        lostSinceBatch += count
        lost += count
    }

    /// What is to be written next; `nil` ends the writer.
    ///
    /// Losses alone are told only once lines can follow, so that a place that takes nothing is not asked again and again.
    mutating func next() -> Batch? {
        guard first < lines.count else {
            lines.removeAll(keepingCapacity: lines.capacity <= 1_024)
            first = 0
            isBeingWritten = false
            return nil
        }
        var batch: [UInt8] = []
        var count = 0
        while first < lines.count, batch.isEmpty || batch.count + lines[first].count <= Self.batchBytes {
            batch += lines[first]
            lines[first] = []
            first += 1
            count += 1
        }
        bytes -= batch.count
        if first > lines.count / 2 {
            lines.removeFirst(first)
            first = 0
        }
        defer { lostSinceBatch = 0 }
        return Batch(lost: lostSinceBatch, bytes: batch, lines: count)
    }
}
