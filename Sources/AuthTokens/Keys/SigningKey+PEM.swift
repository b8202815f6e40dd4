// SPDX-License-Identifier: Apache-2.0

internal import AuthCore

extension SigningKey {
    /// Reads a private key on the curve P-256 as PEM, as Apple's developer site and `openssl genpkey` write it: PKCS #8 in
    /// the label `PRIVATE KEY`, not encrypted, with its public half.
    ///
    /// - Source: RFC 7468 §10, RFC 5958 §2, RFC 5915 §3.
    /// - Throws: `.malformed` for any other text, `.unsupported` for another algorithm or curve, `.missingMember` without the
    ///   public half, `.inconsistent`, `.libraryFailure`.
    public init(p256PEM text: String) throws(KeyError) {
        try self.init(
            JSONWebKey(try P256PrivateKeyFile.material(of: text), id: nil, algorithm: .es256, use: .signature))
    }
}

/// The parts of such a file.
private enum P256PrivateKeyFile {
    private static let ecPublicKey: [UInt8] = [0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01]
    private static let prime256v1: [UInt8] = [0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07]

    static func material(of text: String) throws(KeyError) -> KeyMaterial {
        guard let octets = octets(of: text) else { throw .malformed }
        var file = DERReader(octets[...])
        guard var info = file.nested(.sequence), file.isAtEnd, info.contents(.integer) != nil,
            var algorithm = info.nested(.sequence), let name = algorithm.contents(.objectIdentifier)
        else { throw .malformed }
        guard name.elementsEqual(ecPublicKey), algorithm.contents(.objectIdentifier)?.elementsEqual(prime256v1) == true
        else { throw .unsupported }
        guard var wrapped = info.nested(.octetString), var key = wrapped.nested(.sequence),
            key.contents(.integer)?.elementsEqual([1]) == true, let scalar = key.contents(.octetString),
            scalar.count == 32
        else { throw .malformed }
        // The curve once more, as some programs write it.
        _ = key.contents(.parameters)
        guard var point = key.nested(.publicKey) else { throw .missingMember("public half") }
        // No unused bits, an uncompressed point, and its two coordinates.
        guard let bits = point.contents(.bitString), bits.count == 66, bits.starts(with: [0, 4]) else {
            throw .malformed
        }
        let coordinates = Array(bits.dropFirst(2))
        return .ellipticCurve(
            .p256, KeyMaterial.Point(x: Array(coordinates[..<32]), y: Array(coordinates[32...])),
            secret: SecretOctets(scalar))
    }

    /// What stands between the two lines of the label.
    private static func octets(of text: String) -> [UInt8]? {
        let lines = text.utf8.split { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") }
        guard text.utf8.count <= 4_096, lines.count >= 3, let first = lines.first, let last = lines.last,
            first.elementsEqual("-----BEGIN PRIVATE KEY-----".utf8),
            last.elementsEqual("-----END PRIVATE KEY-----".utf8)
        else { return nil }
        let letters = lines.dropFirst().dropLast().joined().map { byte -> UInt8 in
            switch byte {
            case UInt8(ascii: "+"): UInt8(ascii: "-")
            case UInt8(ascii: "/"): UInt8(ascii: "_")
            default: byte
            }
        }
        var padding = 0
        while padding < min(2, letters.count), letters[letters.count - 1 - padding] == UInt8(ascii: "=") {
            padding += 1
        }
        return Base64URL.decode(letters.dropLast(padding))
    }
}

/// Reads values of DER one after another.
private struct DERReader {
    enum Tag: UInt8 {
        case integer = 0x02
        case bitString = 0x03
        case octetString = 0x04
        case objectIdentifier = 0x06
        case sequence = 0x30
        /// `[0]` and `[1]` of an EC private key.
        case parameters = 0xA0
        case publicKey = 0xA1
    }

    private var rest: ArraySlice<UInt8>

    init(_ octets: ArraySlice<UInt8>) {
        rest = octets
    }

    var isAtEnd: Bool { rest.isEmpty }

    /// The contents of the next value, if it has this tag; otherwise nothing is read.
    mutating func contents(_ tag: Tag) -> ArraySlice<UInt8>? {
        guard rest.count >= 2, rest[rest.startIndex] == tag.rawValue else { return nil }
        var start = rest.startIndex + 2
        var length = Int(rest[rest.startIndex + 1])
        if length >= 0x80 {
            // No value of such a file is longer than one octet can say.
            guard length == 0x81, rest.count >= 3 else { return nil }
            length = Int(rest[start])
            start += 1
            guard length >= 0x80 else { return nil }
        }
        guard rest.endIndex - start >= length else { return nil }
        defer { rest = rest[(start + length)...] }
        return rest[start..<(start + length)]
    }

    /// The values inside the next one, if it has this tag.
    mutating func nested(_ tag: Tag) -> DERReader? {
        contents(tag).map(DERReader.init)
    }
}
