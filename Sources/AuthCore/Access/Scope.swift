// SPDX-License-Identifier: Apache-2.0

/// What a token may be used for: a set of permissions, written with spaces between them.
///
/// Kept in canonical form: sorted, and without any permission that another one of the set covers, so that two scopes
/// that allow the same are equal.
///
/// - Source: RFC 6749 §3.3.
public struct Scope: Hashable, Sendable {
    /// The permissions, sorted; none covers another.
    public let permissions: [Permission]

    /// The scope that allows nothing.
    public static let none = Scope([])

    /// The scope that allows everything a role may ever grant.
    public static let everything = Scope([.everything])

    /// Makes the canonical form of a set of permissions.
    public init(_ permissions: some Sequence<Permission>) {
        let all = Set(permissions)
        self.permissions = all.filter { candidate in
            !all.contains { $0 != candidate && $0.covers(candidate) }
        }.sorted()
    }

    /// The longest text in octets that a client may ask for as a scope.
    ///
    /// A scope stands in every access token of its session. Within this bound a token signed with ES256, EdDSA, HS256, or
    /// RS256 and a key of at most 3,072 bits stays below 2,048 octets, half of what verified tokens may have to be
    /// remembered; the other half is for metadata.
    public static let maximumRequestBytes = 512

    /// Reads the scope that a client asks for: as ``init(parsing:)``, but `nil` also for text of more than
    /// ``maximumRequestBytes`` octets.
    public init?(requested text: some StringProtocol) {
        guard text.utf8.count <= Self.maximumRequestBytes else { return nil }
        self.init(parsing: text)
    }

    /// Reads space-delimited text of at most 50 permissions; `nil` where any of them is malformed.
    ///
    /// For text that authd itself has written: roles, stored sessions, claims whose signature is good.
    public init?(parsing text: some StringProtocol) {
        var permissions: [Permission] = []
        for name in text.utf8.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: true) {
            guard permissions.count < 50, let permission = Permission(String(decoding: name, as: UTF8.self)) else {
                return nil
            }
            permissions.append(permission)
        }
        self.init(permissions)
    }

    /// Whether this scope allows what `permission` names.
    public func covers(_ permission: Permission) -> Bool {
        permissions.contains { $0.covers(permission) }
    }

    /// Whether this scope allows all that `other` allows.
    public func covers(_ other: Scope) -> Bool {
        other.permissions.allSatisfy(covers)
    }

    /// What both scopes allow: the authority of a token is its scope ∩ what the role grants now.
    public func intersection(_ other: Scope) -> Scope {
        Scope(permissions.filter(other.covers) + other.permissions.filter(covers))
    }
}

extension Scope: CustomStringConvertible {
    /// The text form: names in order, a space between them.
    public var description: String {
        permissions.map(\.name).joined(separator: " ")
    }
}

extension Scope: ExpressibleByStringLiteral {
    /// Takes permissions that stand in the program's text, with spaces between them; a malformed one stops the program
    /// and is named.
    ///
    /// Only literals come here, so that no input can. For other text use ``init(parsing:)``.
    public init(stringLiteral text: StaticString) {
        guard let scope = Scope(parsing: text.description) else { fatalError("\"\(text)\" is no scope.") }
        self = scope
    }
}
