// SPDX-License-Identifier: Apache-2.0

/// The parameters of a URL, as a server reads them.
struct AuthorizationRequest {
    private let pairs: [(name: String, value: String)]

    /// Reads a URL with a query in which no name comes twice.
    init(_ url: String) throws {
        guard let mark = url.utf8.firstIndex(of: UInt8(ascii: "?")) else {
            throw MockProviderError(text: "the URL has no query: \(url)")
        }
        let query = url.utf8[url.utf8.index(after: mark)...]
        pairs = try query.split(separator: UInt8(ascii: "&")).map { pair in
            let parts = pair.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            return (try Self.decoded(Array(parts[0])), try Self.decoded(parts.count > 1 ? Array(parts[1]) : []))
        }
        guard Set(pairs.map(\.name)).count == pairs.count else {
            throw MockProviderError(text: "a parameter comes twice: \(url)")
        }
    }

    /// The value of a parameter.
    subscript(name: String) -> String? {
        pairs.first { $0.name == name }?.value
    }

    private static func decoded(_ text: [UInt8]) throws -> String {
        var octets: [UInt8] = []
        var rest = text[...]
        while let octet = rest.popFirst() {
            guard octet == UInt8(ascii: "%") else {
                octets.append(octet == UInt8(ascii: "+") ? UInt8(ascii: " ") : octet)
                continue
            }
            guard let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16), rest.count >= 2 else {
                throw MockProviderError(text: "the URL has a broken escape")
            }
            octets.append(value)
            rest = rest.dropFirst(2)
        }
        return String(decoding: octets, as: UTF8.self)
    }
}
