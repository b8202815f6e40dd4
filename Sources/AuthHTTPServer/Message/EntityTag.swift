// SPDX-License-Identifier: Apache-2.0

/// The entity tag of small public documents. - Source: RFC 9110 §8.8.3
package enum EntityTag {
    /// FNV-1a of the bytes: it tells versions of our own documents apart, and guards nothing.
    package static func of(_ bytes: [UInt8]) -> String {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        return "\"\(String(hash, radix: 16))\""
    }

    /// Whether an `If-None-Match` names a tag, by the weak comparison: `*`, or a list of tags in which it stands.
    ///
    /// What follows a fault in the list is not read.
    ///
    /// - Source: RFC 9110 §8.8.3.2, §13.1.2
    package static func isNamed(_ tag: String, inNoneMatch lines: [String]) -> Bool {
        lines.contains { line in
            var scanner = FieldScanner(line.utf8)
            scanner.skipEmptyElements()
            if scanner.take(UInt8(ascii: "*")) { return scanner.isAtEnd && lines.count == 1 }
            while !scanner.isAtEnd {
                if scanner.take(UInt8(ascii: "W")), !scanner.take(UInt8(ascii: "/")) { return false }
                guard let opaque = scanner.opaqueTag() else { return false }
                if opaque.elementsEqual(tag.utf8) { return true }
                scanner.skipSpace()
                guard scanner.isAtEnd || scanner.next == UInt8(ascii: ",") else { return false }
                scanner.skipEmptyElements()
            }
            return false
        }
    }
}
