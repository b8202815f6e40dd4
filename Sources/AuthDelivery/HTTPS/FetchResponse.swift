// SPDX-License-Identifier: Apache-2.0

import AuthCore

/// A server's answer, of whatever status.
///
/// All of it was chosen by that server: none of it belongs in an error or a page that an administrator reads.
public struct FetchResponse: Sendable {
    /// The status code.
    public let status: Int
    /// The body, decoded from its transfer encoding and from nothing else.
    public let body: [UInt8]
    private let fields: [(name: String, value: String)]

    /// Reads the lines of a header; lines that are no field, or that have anything but printable ASCII, are left out.
    init(status: Int, lines: [[UInt8]], body: [UInt8]) {
        self.status = status
        self.body = body
        fields = lines.compactMap { line in
            guard let colon = line.firstIndex(of: UInt8(ascii: ":")), colon > 0 else { return nil }
            let name = line[..<colon]
            let value = line[(colon + 1)...].drop { $0 == 0x20 || $0 == 0x09 }
            guard name.allSatisfy({ HeaderText.isTokenText($0) }),
                value.allSatisfy({ $0 >= 0x20 && $0 < 0x7F || $0 == 0x09 })
            else { return nil }
            let end = value.lastIndex { $0 != 0x20 && $0 != 0x09 }.map { $0 + 1 } ?? value.startIndex
            return (
                ASCIICase.lowered(String(decoding: name, as: UTF8.self)), String(decoding: value[..<end], as: UTF8.self)
            )
        }
    }

    /// The values of a header field, such as `cache-control` or `etag`, in the order of their lines; `name` in any case.
    public func values(of name: String) -> [String] {
        let wanted = ASCIICase.lowered(name)
        return fields.filter { $0.name.hasSameOctets(as: wanted) }.map(\.value)
    }
}
