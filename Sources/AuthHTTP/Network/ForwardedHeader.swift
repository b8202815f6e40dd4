// SPDX-License-Identifier: Apache-2.0

/// The `Forwarded` header.
///
/// - Source: RFC 7239 §4
enum ForwardedHeader {
    /// The `for` parameter of each element from left to right, unquoted; `nil` for an element without one, and one
    /// single `nil` for a value that does not follow the grammar, so that nothing to its left is believed.
    static func forNodes(in value: String) -> [String?] {
        var reader = Reader(bytes: Array(value.utf8))
        var nodes: [String?] = []
        repeat {
            guard let node = reader.element() else { return [nil] }
            nodes.append(node.value)
        } while reader.take(UInt8(ascii: ","))
        return reader.isAtEnd ? nodes : [nil]
    }

    private struct Node {
        var value: String?
    }

    private struct Reader {
        let bytes: [UInt8]
        var position = 0

        init(bytes: [UInt8]) {
            self.bytes = bytes
        }

        var isAtEnd: Bool { position == bytes.count }
        var next: UInt8? { position < bytes.count ? bytes[position] : nil }

        mutating func take(_ byte: UInt8) -> Bool {
            guard next == byte else { return false }
            position += 1
            return true
        }

        mutating func skipSpace() {
            while next == 0x20 || next == 0x09 { position += 1 }
        }

        mutating func element() -> Node? {
            var node = Node()
            repeat {
                skipSpace()
                guard let name = token(), take(UInt8(ascii: "=")) else { return nil }
                guard let value = next == UInt8(ascii: "\"") ? quoted() : token() else { return nil }
                if name.lowercased() == "for" {
                    guard node.value == nil else { return nil }
                    node.value = value
                }
                skipSpace()
            } while take(UInt8(ascii: ";"))
            return node
        }

        mutating func token() -> String? {
            let start = position
            while let byte = next, HTTPSyntax.isTokenByte(byte) { position += 1 }
            return position > start ? String(validating: bytes[start..<position], as: UTF8.self) : nil
        }

        mutating func quoted() -> String? {
            guard take(UInt8(ascii: "\"")) else { return nil }
            var content: [UInt8] = []
            while let byte = next {
                position += 1
                switch byte {
                case UInt8(ascii: "\""):
                    return String(validating: content, as: UTF8.self)
                case UInt8(ascii: "\\"):
                    guard let escaped = next else { return nil }
                    position += 1
                    content.append(escaped)
                default:
                    content.append(byte)
                }
            }
            return nil
        }
    }
}
