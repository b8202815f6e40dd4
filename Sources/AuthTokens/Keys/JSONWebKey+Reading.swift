// SPDX-License-Identifier: Apache-2.0

public import AuthCore

extension JSONWebKey {
    /// The longest `kid` that is accepted, in bytes.
    static let maximumIDByteCount = 256

    /// Reads one key from a JSON text of at most 16 KiB.
    ///
    /// - Throws: `.malformed` if the text is no JSON object; otherwise as ``init(_:)-(JSONObject)``.
    public init(_ text: [UInt8]) throws(KeyError) {
        guard let value = try? JSONReader.read(text, limits: JSONLimits(maximumBytes: 16_384, maximumDepth: 4)),
            case .object(let object) = value
        else { throw .malformed }
        try self.init(object)
    }

    /// Reads one key.
    ///
    /// Unknown members are ignored, as RFC 7517 §4 asks.
    ///
    /// - Throws: `.unsupported` for a type, curve or `alg` that is not supported; `.missingMember`; `.malformed` for a
    ///   member of the wrong type, length or encoding, leading zeros included.
    public init(_ object: JSONObject) throws(KeyError) {
        let fields = ParsedHeaders(object)
        let id = try fields.text("kid")
        guard (id?.utf8.count ?? 0) <= Self.maximumIDByteCount, id?.isEmpty != true else { throw .malformed }

        var algorithm: SignatureAlgorithm?
        if let name = try fields.text("alg") {
            // RFC 9864 renames EdDSA where the curve is Ed25519.
            algorithm = name.hasSameOctets(as: "Ed25519") ? .edDSA : SignatureAlgorithm(octetsOf: name)
            guard algorithm != nil else { throw .unsupported }
        }
        var use: Use?
        if let name = try fields.text("use") {
            use = Use(octetsOf: name)
            guard use != nil else { throw .wrongUse }
        }
        self.init(
            try fields.material(), id: id, algorithm: algorithm, use: use, operations: try fields.texts("key_ops"))
    }
}

/// The members of a JWK, each read as the type that it must have.
private struct ParsedHeaders {
    private let object: JSONObject

    init(_ object: JSONObject) {
        self.object = object
    }

    func text(_ name: String) throws(KeyError) -> String? {
        switch object[name] {
        case nil: return nil
        case .string(let text): return text
        case .null, .bool, .number, .array, .object: throw .malformed
        }
    }

    func texts(_ name: String) throws(KeyError) -> [String]? {
        switch object[name] {
        case nil: return nil
        case .array(let elements):
            var texts: [String] = []
            var seen: Set<WireText> = []
            for element in elements {
                // RFC 7517 §4.3: duplicates are forbidden.
                guard case .string(let text) = element, seen.insert(WireText(text)).inserted else { throw .malformed }
                texts.append(text)
            }
            return texts
        case .string, .null, .bool, .number, .object: throw .malformed
        }
    }

    func material() throws(KeyError) -> KeyMaterial {
        guard let type = try text("kty") else { throw .missingMember("kty") }
        switch WireText(type) {
        case "oct":
            return .symmetric(SecretOctets(try required(octets("k"), "k")))
        case "RSA":
            return .rsa(
                KeyMaterial.RSANumbers(
                    modulus: try required(number("n"), "n"), exponent: try required(number("e"), "e")),
                secret: try rsaSecret())
        case "EC":
            guard let curve = EllipticCurve(octetsOf: try required(text("crv"), "crv")) else { throw .unsupported }
            let length = curve.coordinateByteCount
            let point = KeyMaterial.Point(
                x: try required(octets("x", count: length), "x"), y: try required(octets("y", count: length), "y"))
            return .ellipticCurve(curve, point, secret: try octets("d", count: length).map { SecretOctets($0) })
        case "OKP":
            guard try required(text("crv"), "crv").hasSameOctets(as: "Ed25519") else { throw .unsupported }
            return .edwards(
                try required(octets("x", count: 32), "x"), secret: try octets("d", count: 32).map { SecretOctets($0) })
        default:
            throw .unsupported
        }
    }

    /// All the private members or none: what signs with a partial set is slower and easier to attack.
    private func rsaSecret() throws(KeyError) -> KeyMaterial.RSASecret? {
        guard let exponent = try number("d") else { return nil }
        // More than two primes: no issuer does, and libcrypto would need every one of them.
        guard object["oth"] == nil else { throw .unsupported }
        return KeyMaterial.RSASecret(
            exponent: SecretOctets(exponent),
            firstPrime: SecretOctets(try required(number("p"), "p")),
            secondPrime: SecretOctets(try required(number("q"), "q")),
            firstExponent: SecretOctets(try required(number("dp"), "dp")),
            secondExponent: SecretOctets(try required(number("dq"), "dq")),
            coefficient: SecretOctets(try required(number("qi"), "qi")))
    }

    private func octets(_ name: String, count: Int? = nil) throws(KeyError) -> [UInt8]? {
        guard let text = try text(name) else { return nil }
        guard let bytes = Base64URL.decode(text), count == nil || bytes.count == count else { throw .malformed }
        return bytes
    }

    /// A positive number in the fewest bytes (RFC 7518 §2, Base64urlUInt).
    private func number(_ name: String) throws(KeyError) -> [UInt8]? {
        guard let bytes = try octets(name) else { return nil }
        guard let first = bytes.first, first != 0, bytes.count <= RSAStrength.maximumBits / 8 else { throw .malformed }
        return bytes
    }

    private func required<Value>(_ value: Value?, _ name: String) throws(KeyError) -> Value {
        guard let value else { throw .missingMember(name) }
        return value
    }
}
