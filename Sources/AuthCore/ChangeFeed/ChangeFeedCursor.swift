// SPDX-License-Identifier: Apache-2.0

/// A place in the change feed as a follower over the network holds one.
///
/// It names the entry that was read last, which shows whether the feed is still the one that was read, and has the time
/// at which it was given out, which shows whether every entry after it is still stored: the feed drops entries by age.
/// To the follower it is opaque.
public struct ChangeFeedCursor: Hashable, Sendable {
    /// The last entry that was read.
    public let place: FeedPlace
    /// When the feed had been read up to there.
    public let readAt: Timestamp

    /// Names a place.
    public init(place: FeedPlace, readAt: Timestamp) {
        self.place = place
        self.readAt = readAt
    }

    /// Reads the text form; anything else gives `nil`.
    public init?(parsing text: some StringProtocol) {
        let parts = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 3, let cursor = Self.decimal(parts[0]), let written = Self.decimal(parts[1]),
            let seconds = Self.decimal(parts[2])
        else { return nil }
        self.init(
            place: FeedPlace(cursor: cursor, at: Timestamp(microseconds: written)), readAt: Timestamp(seconds: seconds))
    }

    /// The text form: the entry's number, its time in microseconds, and the time of reading in seconds, with dots between
    /// them; at most 64 characters.
    public var text: String {
        "\(max(0, place.cursor)).\(max(0, place.at.microseconds)).\(max(0, readAt.seconds))"
    }

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
