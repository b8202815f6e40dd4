// SPDX-License-Identifier: Apache-2.0

/// Translates ECDSA signatures between the two forms: `r` and `s` at fixed length in JWS, a DER sequence in libcrypto.
///
/// - Source: RFC 7518 §3.4, RFC 3279 §2.2.3.
enum ECDSASignature {
    /// Writes the shortest DER of `r` and `s`, the two halves of the input; neither may be longer than 66 bytes.
    ///
    /// The length of the input is the caller's to check. Numbers out of range are encoded as they are; libcrypto refuses
    /// them.
    static func der(fromFixedLength signature: UnsafeBufferPointer<UInt8>) -> [UInt8] {
        let half = signature.count / 2
        var body: [UInt8] = []
        body.reserveCapacity(signature.count + 9)
        appendInteger(signature[..<half], to: &body)
        appendInteger(signature[half...], to: &body)
        // 2 × (66 + 3) is less than 256: one length byte, behind a marker from 128 on.
        let header: [UInt8] = body.count < 128 ? [0x30, UInt8(body.count)] : [0x30, 0x81, UInt8(body.count)]
        return header + body
    }

    private static func appendInteger(_ number: Slice<UnsafeBufferPointer<UInt8>>, to body: inout [UInt8]) {
        let significant = number.drop { $0 == 0 }
        let needsSign = significant.first.map { $0 >= 128 } ?? true
        body.append(0x02)
        body.append(UInt8(significant.count + (needsSign ? 1 : 0)))
        if needsSign { body.append(0) }
        body.append(contentsOf: significant)
    }

    /// Reads strict DER; `nil` for anything that ``der(fromFixedLength:)`` would not have written, or for a number longer
    /// than a coordinate.
    static func fixedLength(fromDER der: [UInt8], coordinateByteCount: Int) -> [UInt8]? {
        var rest = der[...]
        guard rest.popFirst() == 0x30, var length = rest.popFirst() else { return nil }
        if length == 0x81 {
            guard let long = rest.popFirst(), long >= 128 else { return nil }
            length = long
        } else if length >= 128 {
            return nil
        }
        guard rest.count == Int(length), let r = integer(&rest), let s = integer(&rest), rest.isEmpty,
            r.count <= coordinateByteCount, s.count <= coordinateByteCount
        else { return nil }
        var fixed = [UInt8](repeating: 0, count: coordinateByteCount - r.count)
        fixed += r
        fixed += [UInt8](repeating: 0, count: coordinateByteCount - s.count)
        fixed += s
        return fixed
    }

    /// Takes one non-negative integer in its shortest form and drops its sign byte.
    private static func integer(_ rest: inout ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        guard rest.popFirst() == 0x02, let length = rest.popFirst(), length > 0, length < 128, rest.count >= Int(length)
        else { return nil }
        let number = rest.prefix(Int(length))
        rest = rest.dropFirst(Int(length))
        guard let first = number.first, first < 128 else { return nil }
        guard first == 0, number.count > 1 else { return number.drop { $0 == 0 } }
        let significant = number.dropFirst()
        guard let next = significant.first, next >= 128 else { return nil }
        return significant
    }
}
