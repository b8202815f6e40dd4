// SPDX-License-Identifier: Apache-2.0

/// A short code that a mail carries beside its link, to be typed where it was asked for.
public struct MailedCode: Hashable, Sendable {
    /// The code as it is typed, such as `K7QF-2MXD`.
    public let text: MailToken
    /// How long it is valid: shorter than the link.
    public let validFor: Duration

    /// Describes a code.
    public init(_ text: MailToken, validFor: Duration) {
        self.text = text
        self.validFor = validFor
    }
}
