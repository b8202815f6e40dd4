// SPDX-License-Identifier: Apache-2.0

/// The three segments of a signed token in compact form, found but not yet read.
///
/// Finding them allocates nothing. A verifier that knows its own headers can compare ``header`` with theirs byte by byte
/// and needs to decode neither.
///
/// - Source: RFC 7515 §3.1.
public struct CompactJWS: Hashable, Sendable {
    /// The longest token that is looked at by default: one header line of most servers.
    public static let defaultMaximumBytes = 8_192

    /// Where the encoded header lies.
    public let header: Range<Int>
    /// Where the encoded payload lies.
    public let payload: Range<Int>
    /// Where the encoded signature lies; never empty.
    public let signature: Range<Int>

    /// What is signed: both segments and the dot between them.
    public var signingInput: Range<Int> { header.lowerBound..<payload.upperBound }

    /// Finds the segments of a token.
    ///
    /// - Throws: `.tooLarge`, or `.malformed` unless there are exactly three segments and all of them hold something.
    public init(
        _ text: UnsafeBufferPointer<UInt8>, maximumBytes: Int = CompactJWS.defaultMaximumBytes
    ) throws(TokenError) {
        guard text.count <= maximumBytes else { throw .tooLarge }
        var first = -1
        var second = -1
        for index in 0..<text.count where text[index] == UInt8(ascii: ".") {
            guard second < 0 else { throw .malformed }
            if first < 0 { first = index } else { second = index }
        }
        guard second > 0 else { throw .malformed }
        header = 0..<first
        payload = first + 1..<second
        signature = second + 1..<text.count
        guard !header.isEmpty, !payload.isEmpty, !signature.isEmpty else { throw .malformed }
    }

    /// Puts a token together.
    ///
    /// - Parameters:
    ///   - header: Names the key that `sign` uses.
    ///   - payload: The second segment before encoding.
    ///   - sign: Receives the signing input and returns the signature.
    /// - Returns: The token, which is ASCII.
    /// - Throws: What `sign` throws.
    public static func make<Failure: Error>(
        header: JWSHeader, payload: [UInt8], sign: ([UInt8]) throws(Failure) -> [UInt8]
    ) throws(Failure) -> String {
        var text: [UInt8] = []
        text.reserveCapacity(payload.count * 4 / 3 + 512)
        Base64URL.encode(header.serialized(), appendingTo: &text)
        text.append(UInt8(ascii: "."))
        Base64URL.encode(payload, appendingTo: &text)
        let signature = try sign(text)
        text.append(UInt8(ascii: "."))
        Base64URL.encode(signature, appendingTo: &text)
        // All that was appended is ASCII, so this decoding cannot repair anything.
        return String(decoding: text, as: UTF8.self)
    }
}
