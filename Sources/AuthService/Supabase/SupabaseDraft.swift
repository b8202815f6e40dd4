// SPDX-License-Identifier: Apache-2.0

public import AuthCore

/// What a key's holder gives for a user who is made or changed, as it came.
public struct SupabaseDraft: Sendable {
    /// The id of a new user.
    public let id: String?
    /// The address.
    public let email: String?
    /// A phone number, which is refused.
    public let phone: String?
    /// The password.
    public let password: String?
    /// A hash of the password, in place of it.
    public let passwordHash: String?
    /// The role of the tokens: `authenticated` or nothing.
    public let role: String?
    /// For how long the user is banned, as in `24h` or `1h30m`; `none` lifts a ban.
    public let banDuration: String?
    /// Whether the address counts as proven.
    public let confirmsEmail: Bool
    /// Members of the metadata that only keys write.
    public let appMetadata: JSONObject?
    /// Members of the metadata that the user writes, too.
    public let userMetadata: JSONObject?

    /// Takes what came.
    public init(
        id: String? = nil, email: String? = nil, phone: String? = nil, password: String? = nil,
        passwordHash: String? = nil, role: String? = nil, banDuration: String? = nil, confirmsEmail: Bool = false,
        appMetadata: JSONObject? = nil, userMetadata: JSONObject? = nil
    ) {
        self.id = id
        self.email = email
        self.phone = phone
        self.password = password
        self.passwordHash = passwordHash
        self.role = role
        self.banDuration = banDuration
        self.confirmsEmail = confirmsEmail
        self.appMetadata = appMetadata
        self.userMetadata = userMetadata
    }
}

extension SupabaseDraft: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// A constant.
    public var description: String { "SupabaseDraft(redacted)" }
    /// A constant.
    public var debugDescription: String { description }
    /// A mirror without children.
    public var customMirror: Mirror { Mirror(self, children: []) }
}

/// What a link is made for, as it came.
public struct SupabaseLinkOrder: Sendable {
    /// The kind of the link: `signup`, `invite`, `magiclink`, `recovery`, `email_change_current`, `email_change_new`.
    public let type: String?
    /// The user's address.
    public let email: String?
    /// The password of a user who is made.
    public let password: String?
    /// The address that the user is to have.
    public let newEmail: String?
    /// Where the link leads.
    public let redirectTo: String?
    /// The metadata of a user who is made.
    public let data: JSONObject?

    /// Takes what came.
    public init(
        type: String? = nil, email: String? = nil, password: String? = nil, newEmail: String? = nil,
        redirectTo: String? = nil, data: JSONObject? = nil
    ) {
        self.type = type
        self.email = email
        self.password = password
        self.newEmail = newEmail
        self.redirectTo = redirectTo
        self.data = data
    }
}

extension SupabaseLinkOrder: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// A constant.
    public var description: String { "SupabaseLinkOrder(redacted)" }
    /// A constant.
    public var debugDescription: String { description }
    /// A mirror without children.
    public var customMirror: Mirror { Mirror(self, children: []) }
}

/// A link that was made for a key's holder, who hands it on; nothing was mailed.
public struct SupabaseLink: Sendable {
    /// The user.
    public let profile: SupabaseProfile
    /// The address to open.
    public let actionLink: String
    /// The code that stands for the link, together with the address.
    public let code: String
    /// The token of the link.
    public let hashedToken: String
    /// The kind of link that was made: one of the six types.
    public let verificationType: String
    /// Where the link leads.
    public let redirectTo: String
}

extension SupabaseLink: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// A constant.
    public var description: String { "SupabaseLink(redacted)" }
    /// A constant.
    public var debugDescription: String { description }
    /// A mirror without children.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
