// SPDX-License-Identifier: Apache-2.0

/// What a person types to say who they are: a username or an address, told apart by the `@`.
public enum Identifier: Hashable, Sendable {
    /// A username, which never contains an `@`.
    case username(Username)
    /// An address, which always contains one.
    case email(EmailAddress)

    /// Reads a text as an address if it contains an `@`, plain or full-width, else as a username.
    ///
    /// - Throws: What ``EmailAddress/init(_:)`` or ``Username/init(_:)`` throws.
    public init(parsing text: String) throws(ValidationError) {
        if text.unicodeScalars.contains(where: { $0 == "@" || $0 == "\u{FF20}" }) {
            self = .email(try EmailAddress(text))
        } else {
            self = .username(try Username(text))
        }
    }

    /// The name space of the identifier.
    public var kind: IdentifierKind {
        switch self {
        case .username: .username
        case .email: .email
        }
    }

    /// The form that is looked up; unique together with ``kind``.
    public var canonical: String {
        switch self {
        case .username(let username): username.canonical
        case .email(let email): email.canonical
        }
    }

    /// Whether it is an identifier of a user, as the user's record has it.
    public func isHeld(by user: User) -> Bool {
        switch self {
        case .username(let username): user.username == username
        case .email(let email): user.email == email
        }
    }

    /// The form to show to its owner.
    public var original: String {
        switch self {
        case .username(let username): username.original
        case .email(let email): email.original
        }
    }
}
