// SPDX-License-Identifier: Apache-2.0

internal import AuthCore

/// The names and values of a form body or a query string.
///
/// - Source: WHATWG URL §5.1, read strictly.
package enum FormReader {
    /// Why a form is refused.
    package enum Failure: Error, Hashable, Sendable {
        /// A broken escape, or bytes that are not UTF-8.
        case malformed
        /// The same name twice: two readers could take different ones.
        case repeated(name: String)
        /// More than ``maximumFields`` fields.
        case tooMany
    }

    /// The most fields that are read.
    static let maximumFields = 64

    /// Reads `name=value&…` with `+` for a space.
    ///
    /// A name without `=` has the empty value; empty pairs are skipped.
    package static func read(_ text: Substring) throws(Failure) -> [(name: String, value: String)] {
        var fields: [(name: String, value: String)] = []
        for pair in text.utf8.split(separator: UInt8(ascii: "&")) {
            let parts = pair.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            guard let first = parts.first, let name = decode(first),
                let value = parts.count == 2 ? decode(parts[1]) : ""
            else { throw .malformed }
            guard !fields.contains(where: { $0.name.hasSameOctets(as: name) }) else { throw .repeated(name: name) }
            guard fields.count < maximumFields else { throw .tooMany }
            fields.append((name, value))
        }
        return fields
    }

    private static func decode(_ piece: Substring.UTF8View) -> String? {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(piece.count)
        var index = piece.startIndex
        while index < piece.endIndex {
            let byte = piece[index]
            piece.formIndex(after: &index)
            switch byte {
            case UInt8(ascii: "+"):
                bytes.append(0x20)
            case UInt8(ascii: "%"):
                guard let decoded = PercentEncoding.byte(in: piece, at: &index) else { return nil }
                bytes.append(decoded)
            default:
                bytes.append(byte)
            }
        }
        return String(validating: bytes, as: UTF8.self)
    }
}
