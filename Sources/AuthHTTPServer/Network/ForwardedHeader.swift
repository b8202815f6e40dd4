// SPDX-License-Identifier: Apache-2.0

internal import AuthCore

/// The `Forwarded` header.
///
/// - Source: RFC 7239 §4
enum ForwardedHeader {
    /// One proxy's element of the list.
    struct Element {
        /// The `for` parameter, unquoted; `nil` where there is none.
        let node: String?
        /// What stands to the left of the element and its comma; `nil` for the leftmost one.
        let rest: Substring.UTF8View?
    }

    /// A longer element is not read: no proxy writes one, and it bounds what reading costs.
    static let maximumElementBytes = 1_024

    /// The last element of a value; `nil` if the value does not end with one.
    ///
    /// Read from the right, because a proxy appends its element to whatever the client has sent, which may be an open
    /// quotation mark: the element is the shortest end of the value, behind a comma, that is one. An end that begins
    /// inside a proxy's quoted string never is, as it has an odd number of quotation marks.
    static func lastElement(of value: Substring.UTF8View) -> Element? {
        var value = FieldList.trimmed(value)
        while value.last == UInt8(ascii: ",") { value = FieldList.trimmed(value.dropLast()) }
        var end = value.endIndex
        while true {
            let comma = value[..<end].lastIndex(of: UInt8(ascii: ","))
            let piece = value[(comma.map { value.index(after: $0) } ?? value.startIndex)...]
            guard piece.count <= maximumElementBytes else { return nil }
            if let node = node(in: piece) { return Element(node: node.value, rest: comma.map { value[..<$0] }) }
            guard let comma else { return nil }
            end = comma
        }
    }

    private struct Node {
        var value: String?
    }

    private static func node(in piece: Substring.UTF8View) -> Node? {
        var scanner = FieldScanner(piece)
        var node = Node()
        scanner.skipSpace()
        repeat {
            guard let name = scanner.token(), scanner.take(UInt8(ascii: "=")) else { return nil }
            guard let value = scanner.next == UInt8(ascii: "\"") ? scanner.quotedString() : scanner.token() else {
                return nil
            }
            if ASCIICase.matches(name, lowercase: "for") {
                guard node.value == nil else { return nil }
                node.value = value
            }
            scanner.skipSpace()
            guard scanner.take(UInt8(ascii: ";")) else { break }
            scanner.skipSpace()
        } while true
        return scanner.isAtEnd ? node : nil
    }
}
