// SPDX-License-Identifier: Apache-2.0

/// The protected header of a signed token: which key and algorithm it claims to be signed with.
///
/// Nothing here is trusted. The algorithm only has to agree with the one that the key is bound to.
///
/// - Source: RFC 7515 §4, RFC 8725 §3.
public struct JWSHeader: Hashable, Sendable {
    /// `alg`, as a name of RFC 7518 or RFC 8037, case-sensitive; never a form of `none`.
    public var algorithm: String
    /// `kid`: which of the issuer's keys.
    public var keyID: String?
    /// `typ`: the kind of token.
    public var type: String?

    /// The longest key id in bytes.
    public static let maximumKeyIDBytes = 256

    /// Describes a token that is about to be signed.
    public init(algorithm: String, keyID: String? = nil, type: String? = nil) {
        self.algorithm = algorithm
        self.keyID = keyID
        self.type = type
    }

    /// Reads the decoded first segment.
    ///
    /// Parameters that RFC 7515 allows to be ignored are ignored. Those that change how a token is verified, or bring
    /// the key to verify it with, are rejected: `crit`, `b64`, `zip`, `enc`, `jwk`, `jku`, `x5u`, `x5c`.
    ///
    /// - Throws: `.malformed`, `.unsupportedHeader`, or `.algorithmMismatch` for `none` in any case.
    public init(json: [UInt8]) throws(TokenError) {
        let header: JSONObject
        do throws(JSONError) {
            guard let object = try JSONReader.read(json, limits: JSONLimits(maximumDepth: 4)).objectValue else {
                throw JSONError.unexpectedByte(at: 0)
            }
            header = object
        } catch {
            throw .malformed
        }
        var algorithm: String?
        for member in header.members {
            switch WireText(member.name) {
            case "alg": algorithm = try JWSHeader.text(member.value, maximumBytes: 32)
            case "kid": keyID = try JWSHeader.text(member.value, maximumBytes: JWSHeader.maximumKeyIDBytes)
            case "typ": type = try JWSHeader.text(member.value, maximumBytes: 64)
            case "crit", "b64", "zip", "enc", "jwk", "jku", "x5u", "x5c": throw .unsupportedHeader
            default: continue
            }
        }
        guard let algorithm else { throw .malformed }
        guard !ASCIICase.matches(algorithm, lowercase: "none") else { throw .algorithmMismatch }
        self.algorithm = algorithm
    }

    /// Whether the token says that it is an access token.
    ///
    /// - Source: RFC 9068 §2.1 and §4; RFC 7515 §4.1.9 (media types, hence without regard to case).
    public var isAccessToken: Bool {
        guard let type else { return false }
        return ASCIICase.matches(type, lowercase: "at+jwt") || ASCIICase.matches(type, lowercase: "application/at+jwt")
    }

    /// The header as JSON, always with the same bytes for the same header.
    public func serialized() -> [UInt8] {
        var writer = JSONWriter(reservingCapacity: 96)
        writer.object { header in
            header.member("alg", algorithm)
            header.member(ifPresent: "kid", keyID)
            header.member(ifPresent: "typ", type)
        }
        return writer.bytes
    }

    private static func text(_ value: JSONValue, maximumBytes: Int) throws(TokenError) -> String {
        guard let text = value.stringValue, !text.isEmpty, text.utf8.count <= maximumBytes,
            text.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F })
        else { throw .unsupportedHeader }
        return text
    }
}
