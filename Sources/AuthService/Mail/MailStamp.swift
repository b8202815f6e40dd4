// SPDX-License-Identifier: Apache-2.0

public import AuthCore

/// What makes a mail the same mail when it is handed over a second time.
///
/// A queue keeps it with the mail. Where the answer to the first delivery was lost, both have one `Message-ID`, by which mail
/// servers and clients drop the second.
public struct MailStamp: Hashable, Sendable {
    /// The time in the `Date` field.
    public let date: Timestamp
    /// The part of the `Message-ID` before the `@`; every recipient sees it.
    public let identifier: UUIDv7

    /// Stamps a mail that was written at a time, under an identifier that no other mail has.
    public init(date: Timestamp, identifier: UUIDv7) {
        self.date = date
        self.identifier = identifier
    }
}
