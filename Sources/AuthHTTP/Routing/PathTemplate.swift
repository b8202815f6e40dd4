// SPDX-License-Identifier: Apache-2.0

/// The path of a route, such as `/users/{id}`.
package struct PathTemplate: Hashable, Sendable, ExpressibleByStringLiteral, CustomStringConvertible {
    /// One part between slashes.
    package enum Segment: Hashable, Sendable {
        /// Exactly this text.
        case literal(String)
        /// Any text, which the route knows by this name.
        case parameter(String)
    }

    package let segments: [Segment]
    package let description: String

    package init(stringLiteral text: StaticString) {
        self.init(text.description)
    }

    package init(_ text: String) {
        precondition(text.hasPrefix("/"), "a path template begins with a slash")  // own text
        description = text
        segments = text.split(separator: "/").map { part in  // own text
            part.utf8.first == UInt8(ascii: "{") && part.utf8.last == UInt8(ascii: "}")
                ? .parameter(String(part.dropFirst().dropLast())) : .literal(String(part))
        }
    }

    /// The names of the parameters from left to right.
    var parameterNames: [String] {
        segments.compactMap { segment in
            guard case .parameter(let name) = segment else { return nil }
            return name
        }
    }
}
