// SPDX-License-Identifier: Apache-2.0

internal import AuthCore
internal import Synchronization

/// The cookies of a client, by name.
final class CookieJar: Sendable {
    private let cookies = Mutex<[(name: WireText, pair: String)]>([])

    /// The names, in the order in which they came.
    var names: [String] { cookies.withLock { $0.map(\.name.text) } }

    /// The value of `Cookie`; `nil` without any.
    var header: String? {
        let pairs = cookies.withLock { $0.map(\.pair) }
        return pairs.isEmpty ? nil : pairs.joined(separator: "; ")
    }

    /// Takes over the values of `Set-Cookie`; one whose time is up is removed.
    func take(_ values: [String]) {
        for value in values {
            let parts = value.utf8.split(separator: UInt8(ascii: ";")).map { part in
                String(Substring(part.drop { $0 == UInt8(ascii: " ") }))
            }
            guard let pair = parts.first, let end = pair.utf8.firstIndex(of: UInt8(ascii: "=")) else { continue }
            let name = WireText(String(pair[..<end]))
            let isOver = parts.dropFirst().contains { ASCIICase.matches($0, lowercase: "max-age=0") }
            cookies.withLock { cookies in
                cookies.removeAll { $0.name == name }
                if !isOver { cookies.append((name, pair)) }
            }
        }
    }
}
