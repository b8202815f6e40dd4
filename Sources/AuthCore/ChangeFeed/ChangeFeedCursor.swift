// SPDX-License-Identifier: Apache-2.0

/// A place in the change feed as a follower over the network holds one.
///
/// It has the time at which it was given out, which shows whether every entry after it is still stored: the feed drops
/// entries by age, and its own numbers say nothing of that. To the follower it is opaque.
public struct ChangeFeedCursor: Hashable, Sendable {
    /// The cursor of the last entry that was read; 0 before the first.
    public let position: Int64
    /// When the feed had been read up to there.
    public let readAt: Timestamp

    /// Names a place.
    public init(position: Int64, readAt: Timestamp) {
        self.position = position
        self.readAt = readAt
    }

    /// Reads the text form; anything else gives `nil`.
    public init?(parsing text: some StringProtocol) {
        let parts = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 2, let position = Self.decimal(parts[0]), let seconds = Self.decimal(parts[1]) else {
            return nil
        }
        self.init(position: position, readAt: Timestamp(seconds: seconds))
    }

    /// The text form, which is digits, a dot and digits, and knows no fractions of a second.
    public var text: String { "\(max(0, position)).\(max(0, readAt.seconds))" }

    private static func decimal(_ digits: some Collection<UInt8>) -> Int64? {
        guard (1...18).contains(digits.count) else { return nil }
        var value: Int64 = 0
        for digit in digits {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit) else { return nil }
            // Eighteen digits fit.
            value = value &* 10 &+ Int64(digit &- UInt8(ascii: "0"))
        }
        return value
    }
}
