// SPDX-License-Identifier: Apache-2.0

/// A password as a client presents it: NFC, 1 to 1,024 bytes, otherwise untouched.
///
/// Where the client sent a text that is not in NFC, its own octets are kept too: other systems hash passwords as they were
/// typed, and a hash imported from one of them matches only those (``withPresentedBytes(_:)``).
///
/// Nothing is trimmed or truncated. Whether a password is good enough to be set is ``PasswordPolicy``'s question: signing
/// in has to accept old ones. It cannot be compared, printed or encoded by accident; only ``withBytes(_:)`` and
/// ``withPresentedBytes(_:)`` give it out.
///
/// - Source: RFC 8265 §4.2 for normalizing; deliberately without its mapping of spaces, so that other systems' hashes
///   of passwords with unusual spaces still match.
public struct Password: Sendable {
    /// The longest password in bytes of UTF-8, measured in NFC.
    public static let maximumBytes = 1_024

    private let bytes: [UInt8]
    /// What the client sent, where that is not in NFC.
    private let presented: [UInt8]?

    /// The password for the rules about letters; never leaves this module.
    var text: String { String(decoding: bytes, as: UTF8.self) }

    /// Normalizes a password.
    ///
    /// - Throws: `.missing` if empty, `.tooManyBytes`, or `.forbiddenCharacter` for U+0000, at which C code would cut.
    public init(_ text: String) throws(ValidationError) {
        guard !text.isEmpty else { throw ValidationError(.password, .missing) }
        // Composing shortens a text by less than this factor, so what is cut off here could not have fitted.
        guard text.utf8.count <= Password.maximumBytes * 4 else {
            throw ValidationError(.password, .tooManyBytes(maximum: Password.maximumBytes))
        }
        let bytes = Array(UnicodeNormalization.nfc(text).utf8)
        guard bytes.count <= Password.maximumBytes else {
            throw ValidationError(.password, .tooManyBytes(maximum: Password.maximumBytes))
        }
        guard !bytes.contains(0) else { throw ValidationError(.password, .forbiddenCharacter) }
        self.bytes = bytes
        // Compared as octets: as text the two are equal.
        presented = text.utf8.elementsEqual(bytes) ? nil : Array(text.utf8)
    }

    /// The number of bytes of UTF-8 after normalizing.
    public var byteCount: Int { bytes.count }

    /// The number of Unicode code points after normalizing, which is what minimum lengths count.
    public var codePointCount: Int { text.unicodeScalars.count }

    /// Lends the UTF-8 bytes for hashing; they are not terminated by a zero and must not escape.
    public func withBytes<Result, Failure: Error>(
        _ body: (UnsafeBufferPointer<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try bytes.withUnsafeBufferPointer { (buffer) throws(Failure) in try body(buffer) }
    }

    /// Lends the octets that the client sent, at most four times ``maximumBytes``, where they are not those of NFC;
    /// `nil` where they are, and then the body is not called.
    public func withPresentedBytes<Result, Failure: Error>(
        _ body: (UnsafeBufferPointer<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result? {
        guard let presented else { return nil }
        return try presented.withUnsafeBufferPointer { (buffer) throws(Failure) in try body(buffer) }
    }
}

extension Password: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// A constant.
    public var description: String { "Password(redacted)" }

    /// A constant.
    public var debugDescription: String { description }

    /// A mirror without children, so that `dump` shows nothing.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
