// SPDX-License-Identifier: Apache-2.0

/// The right to do one thing, named as a path: `items` covers `items:read` and `items:write`.
///
/// Covering is a partial order: reflexive, antisymmetric and transitive. `*` covers everything.
/// A name has at most 100 characters: segments of `a`–`z`, `0`–`9`, `_`, `-` and `.`, joined by colons.
public struct Permission: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The name as it stands in a token's `scope` claim.
    public let name: String

    /// The permission that covers every other.
    public static let everything: Permission = "*"

    /// Reads a name; `nil` where it is not of the form above.
    public init?(_ name: some StringProtocol) {
        guard name.utf8.elementsEqual([0x2A]) || Self.isWellFormed(name.utf8) else { return nil }
        self.name = String(name)
    }

    /// Whether a holder of this permission holds `other` too.
    public func covers(_ other: Permission) -> Bool {
        if name == "*" || name == other.name { return true }  // own text
        let own = name.utf8
        let others = other.name.utf8
        guard others.count > own.count, others.starts(with: own) else { return false }
        return others[others.index(others.startIndex, offsetBy: own.count)] == UInt8(ascii: ":")
    }

    /// Orders by name.
    public static func < (left: Permission, right: Permission) -> Bool {
        left.name < right.name
    }

    /// The name.
    public var description: String { name }

    private static func isWellFormed(_ octets: some Collection<UInt8>) -> Bool {
        guard !octets.isEmpty, octets.count <= 100 else { return false }
        var segmentIsEmpty = true
        for octet in octets {
            switch octet {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "."):
                segmentIsEmpty = false
            case UInt8(ascii: ":"):
                guard !segmentIsEmpty else { return false }
                segmentIsEmpty = true
            default:
                return false
            }
        }
        return !segmentIsEmpty
    }
}

extension Permission: ExpressibleByStringLiteral {
    /// Takes a name that stands in the program's text; a malformed one stops the program and is named.
    ///
    /// Only literals come here, so that no input can. For other text use the initialiser that returns `nil`.
    public init(stringLiteral name: StaticString) {
        guard let permission = Permission(name.description) else {
            fatalError("\"\(name)\" is no permission.")
        }
        self = permission
    }
}
