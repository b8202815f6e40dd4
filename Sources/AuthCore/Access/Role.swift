// SPDX-License-Identifier: Apache-2.0

/// A named set of permissions that a user holds; `admin`, `user` and `guest` are built in, more can be defined.
///
/// A name has 1 to 50 characters of `a`–`z`, `0`–`9`, `_` and `-`, and begins with a letter.
public struct Role: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The name as stored, sent and written into tokens.
    public let name: String

    /// May do everything; the last active one can be neither removed, demoted nor deactivated.
    public static let admin: Role = "admin"
    /// The role of a user who registers.
    public static let user: Role = "user"
    /// May read, and change nothing.
    public static let guest: Role = "guest"

    /// Reads a name; `nil` where it is not of the form above.
    ///
    /// Whether the role is defined is decided by `RoleTable`.
    public init?(_ name: some StringProtocol) {
        let octets = name.utf8
        guard let first = octets.first, octets.count <= 50,
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(first)
        else { return nil }
        for octet in octets {
            switch octet {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                UInt8(ascii: "_"), UInt8(ascii: "-"):
                continue
            default:
                return nil
            }
        }
        self.name = String(name)
    }

    /// Whether the name means something to Supabase's API or to the databases that trust its tokens, where a role of this name
    /// would be taken for another one: it is never defined.
    public var isReserved: Bool {
        switch WireText(name) {
        case "service_role", "supabase_admin", "anon", "authenticated", "postgres": true
        default: false
        }
    }

    /// Orders by name.
    public static func < (left: Role, right: Role) -> Bool {
        left.name < right.name
    }

    /// The name.
    public var description: String { name }
}

extension Role: ExpressibleByStringLiteral {
    /// Takes a name that stands in the program's text; a malformed one stops the program and is named.
    ///
    /// Only literals come here, so that no input can. For other text use the initialiser that returns `nil`.
    public init(stringLiteral name: StaticString) {
        guard let role = Role(name.description) else { fatalError("\"\(name)\" is no role.") }
        self = role
    }
}
