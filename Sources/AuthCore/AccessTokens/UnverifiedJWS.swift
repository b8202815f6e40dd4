// SPDX-License-Identifier: Apache-2.0

/// A signed token that has been read and whose signature has not been checked.
///
/// The payload stays bytes, so that claims are not parsed before the signature is known to be good.
public struct UnverifiedJWS: Sendable {
    /// What the token claims to be signed with.
    public let header: JWSHeader
    /// The decoded second segment; whatever the sender wrote.
    public let payload: [UInt8]
    /// The decoded third segment.
    public let signature: [UInt8]

    private let text: [UInt8]
    private let segments: CompactJWS

    /// Reads a token in compact form; white space around it is not trimmed.
    ///
    /// - Throws: `.tooLarge`, `.malformed` (which includes respelled base64url), `.unsupportedHeader`, or
    ///   `.algorithmMismatch` for `none`.
    public init(
        parsing text: String, maximumBytes: Int = CompactJWS.defaultMaximumBytes
    ) throws(TokenError) {
        guard text.utf8.count <= maximumBytes else { throw .tooLarge }
        try self.init(parsing: Array(text.utf8), maximumBytes: maximumBytes)
    }

    /// Reads a token in compact form from bytes.
    ///
    /// - Throws: As ``init(parsing:maximumBytes:)`` for a text.
    public init(
        parsing text: [UInt8], maximumBytes: Int = CompactJWS.defaultMaximumBytes
    ) throws(TokenError) {
        let segments = try text.withUnsafeBufferPointer { (buffer) throws(TokenError) in
            try CompactJWS(buffer, maximumBytes: maximumBytes)
        }
        guard let header = Base64URL.decode(text[segments.header]),
            let payload = Base64URL.decode(text[segments.payload]),
            let signature = Base64URL.decode(text[segments.signature])
        else { throw .malformed }
        self.header = try JWSHeader(json: header)
        self.payload = payload
        self.signature = signature
        self.text = text
        self.segments = segments
    }

    /// The bytes that the signature is over.
    public var signingInput: ArraySlice<UInt8> { text[segments.signingInput] }
}
