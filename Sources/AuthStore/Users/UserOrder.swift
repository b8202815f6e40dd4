// SPDX-License-Identifier: Apache-2.0

package import AuthCore

extension UserCursor.Value {
    /// The value as stores compare it: an instant that is absent is the least one, a text that is absent is empty.
    package enum Comparable: Hashable, Sendable, Swift.Comparable {
        case time(Int64)
        case text(String)

        /// Texts are compared by octets, as every database can; a time never meets a text.
        package static func < (left: Comparable, right: Comparable) -> Bool {
            switch (left, right) {
            case (.time(let left), .time(let right)): left < right
            case (.text(let left), .text(let right)): left.utf8.lexicographicallyPrecedes(right.utf8)
            case (.time, .text): true
            case (.text, .time): false
            }
        }
    }

    /// The value to compare by.
    package var comparable: Comparable {
        switch self {
        case .time(let instant): .time(instant?.microseconds ?? .min)
        case .text(let text): .text(text ?? "")
        }
    }
}

extension UserQuery {
    /// Whether a cursor is one of this order; a page after any other is empty.
    package func accepts(_ cursor: UserCursor) -> Bool {
        switch (sort, cursor.value) {
        case (.createdAt, .time), (.updatedAt, .time), (.lastLogin, .time), (.username, .text), (.email, .text): true
        case (.createdAt, .text), (.updatedAt, .text), (.lastLogin, .text), (.username, .time), (.email, .time): false
        }
    }

    /// The limit, whatever it was set to since the query was made.
    package var boundedLimit: Int { min(max(limit, 1), Self.mostUsers) }

    /// The greatest count of users that is told, so that counting costs no more.
    package static let mostCounted = 100_000

    /// The folded search text, as ``UserSearch/key(of:)`` is folded; `nil` without a search.
    package var foldedSearch: String? {
        guard let search, !search.isEmpty else { return nil }
        return UserSearch.fold(search)
    }
}

/// The text that a search is matched against.
package enum UserSearch {
    /// Username, address and full name, a line each, folded.
    package static func key(of user: User) -> String {
        let names = [user.username?.original, user.email?.original, user.fullName?.text]
        return fold(names.compactMap(\.self).joined(separator: "\n"))
    }

    /// A text with letter case taken out.
    static func fold(_ text: String) -> String {
        UnicodeNormalization.nfc(text.lowercased())
    }
}
