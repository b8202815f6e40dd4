// SPDX-License-Identifier: Apache-2.0

public import AuthCore

/// Which users to list, in which order, and from where.
public struct UserQuery: Hashable, Sendable {
    /// What the list is ordered by.
    public enum SortKey: String, Hashable, Sendable, CaseIterable {
        /// When the user was created.
        case createdAt = "created_at"
        /// When the user was last changed.
        case updatedAt = "updated_at"
        /// When the user last signed in.
        case lastLogin = "last_login"
        /// The username.
        case username
        /// The address.
        case email
    }

    /// Where the page begins.
    public enum Start: Hashable, Sendable {
        /// At the first user.
        case beginning
        /// After the user that a former page ended with.
        case after(UserCursor)
        /// After this many users, for `skip` and `page`. Its cost grows with the number.
        case offset(Int64)
    }

    /// How many users a page has at most.
    public static let mostUsers = 1_000

    /// Only users who hold this role.
    public var role: Role?
    /// Only users who are, or are not, active.
    public var isActive: Bool?
    /// Only users whose username, address or full name contains this, letter case aside.
    public var search: String?
    /// The order.
    public var sort: SortKey
    /// Whether the order is descending.
    public var descending: Bool
    /// Where the page begins.
    public var start: Start
    /// How many users at most; 1 to ``mostUsers``.
    public var limit: Int

    /// Describes a page; the defaults give the first twenty users in the order of their creation.
    public init(
        role: Role? = nil, isActive: Bool? = nil, search: String? = nil, sort: SortKey = .createdAt,
        descending: Bool = false, start: Start = .beginning, limit: Int = 20
    ) {
        self.role = role
        self.isActive = isActive
        self.search = search
        self.sort = sort
        self.descending = descending
        self.start = start
        self.limit = min(max(limit, 1), Self.mostUsers)
    }
}

/// The place of one user in an order.
///
/// Where a user has no value for the key (never signed in, no username), it sorts as the least one.
public struct UserCursor: Hashable, Sendable {
    /// The user's value of the sort key.
    public enum Value: Hashable, Sendable {
        /// An instant; `nil` is earlier than any.
        case time(Timestamp?)
        /// A canonical identifier; `nil` is before any.
        case text(String?)
    }

    /// The value of the sort key.
    public let value: Value
    /// Decides between equal values.
    public let id: UserID

    /// Describes a place.
    public init(value: Value, id: UserID) {
        self.value = value
        self.id = id
    }

    /// The place of `user` in the order of `key`.
    public init(_ user: User, sortedBy key: UserQuery.SortKey) {
        id = user.id
        value =
            switch key {
            case .createdAt: .time(user.createdAt)
            case .updatedAt: .time(user.updatedAt)
            case .lastLogin: .time(user.lastLoginAt)
            case .username: .text(user.username?.canonical)
            case .email: .text(user.email?.canonical)
            }
    }
}

/// One page of a list of users.
public struct UserPage: Hashable, Sendable {
    /// The users, in order.
    public let users: [User]
    /// Where the next page begins; `nil` where this one is the last.
    public let next: UserCursor?

    /// Describes a page.
    public init(users: [User], next: UserCursor?) {
        self.users = users
        self.next = next
    }
}
