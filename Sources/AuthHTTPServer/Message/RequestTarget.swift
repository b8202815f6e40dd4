// SPDX-License-Identifier: Apache-2.0

internal import AuthCore

/// A request target taken apart: decoded path segments and the query as sent.
///
/// Strict on purpose. Servers and the proxies before them disagree on how to repair a path, and every repair is a way
/// around a rule written for the repaired form. What has two readings is refused.
///
/// - Source: RFC 9112 §3.2, RFC 3986 §3
package struct RequestTarget: Equatable, Sendable {
    /// The decoded segments; empty for the root.
    ///
    /// One trailing slash is dropped.
    package let segments: [String]
    /// The bytes after the question mark, undecoded; `nil` when there is none.
    package let query: String?

    /// `nil` for a target that is not a path in origin or absolute form, has an empty, `.` or `..` segment, an encoded
    /// slash or control character, a broken escape, or bytes that are not UTF-8.
    package init?(_ target: String) {
        guard let origin = Self.originForm(of: target) else { return nil }
        let parts = origin.split(separator: UInt8(ascii: "?"), maxSplits: 1, omittingEmptySubsequences: false)
        guard let path = parts.first, path.first == UInt8(ascii: "/") else { return nil }
        var segments: [String] = []
        var pieces = path.dropFirst().split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        if pieces.last?.isEmpty == true { pieces.removeLast() }
        for piece in pieces {
            guard let segment = Self.decode(piece) else { return nil }
            segments.append(segment)
        }
        self.segments = segments
        guard parts.count == 2 else {
            self.query = nil
            return
        }
        guard parts[1].allSatisfy({ $0 > 0x20 && $0 < 0x7f && $0 != UInt8(ascii: "#") }) else { return nil }
        self.query = String(Substring(parts[1]))
    }

    /// The target from its path on.
    ///
    /// A proxy may send the absolute form, which every server must accept.
    private static func originForm(of target: String) -> Substring.UTF8View? {
        let octets = target[...].utf8
        let length: Int
        if ASCIICase.matches(Substring(octets.prefix(7)), lowercase: "http://") {
            length = 7
        } else if ASCIICase.matches(Substring(octets.prefix(8)), lowercase: "https://") {
            length = 8
        } else {
            return octets
        }
        let rest = octets.dropFirst(length)
        guard let slash = rest.firstIndex(of: UInt8(ascii: "/")), slash > rest.startIndex else { return nil }
        return rest[slash...]
    }

    private static func decode(_ piece: Substring.UTF8View) -> String? {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(piece.count)
        var index = piece.startIndex
        while index < piece.endIndex {
            let byte = piece[index]
            index = piece.index(after: index)
            if byte != UInt8(ascii: "%") {
                guard HTTPSyntax.isPathByte(byte) else { return nil }
                bytes.append(byte)
                continue
            }
            guard let decoded = PercentEncoding.byte(in: piece, at: &index), decoded >= 0x20, decoded != 0x7f,
                decoded != UInt8(ascii: "/"), decoded != UInt8(ascii: "\\")
            else { return nil }
            bytes.append(decoded)
        }
        guard !bytes.isEmpty, bytes != [0x2e], bytes != [0x2e, 0x2e] else { return nil }
        return String(validating: bytes, as: UTF8.self)
    }
}
