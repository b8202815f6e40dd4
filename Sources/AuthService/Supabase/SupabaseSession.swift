// SPDX-License-Identifier: Apache-2.0

public import AuthCore
public import AuthStore

/// The result of signing in and refreshing: the tokens in clear, and the user.
public struct SupabaseSession: Sendable {
    /// The JWT to present with each request.
    public let accessToken: String
    /// The secret to present, once, for the next pair.
    public let refreshToken: String
    /// How long the access token is valid.
    public let expiresIn: Duration
    /// When the access token expires.
    public let expiresAt: Timestamp
    /// The user.
    public let profile: SupabaseProfile
    /// Why the password that was shown would be refused as a new one; empty where it would not.
    public internal(set) var weakReasons: [String] = []
}

extension SupabaseSession: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Names the user and no token.
    public var description: String { "SupabaseSession(user: \(profile.record.user.id))" }
    /// The same.
    public var debugDescription: String { description }
    /// A mirror without children.
    public var customMirror: Mirror { Mirror(self, children: []) }
}

/// All that the API's representation of a user is made from.
public struct SupabaseProfile: Sendable {
    /// The user with identities and the mails of a day.
    public let record: SupabaseRecord
    /// When the address was confirmed, as this API has it; `nil` before.
    public let confirmedAt: Timestamp?
    /// The derived members and those that are stored.
    public let appMetadata: JSONObject
    /// The same for the metadata that the user may write.
    public let userMetadata: JSONObject
    /// Whether the record is one of a list: identities and mails were not read, and are `null` in the answer.
    public let isOfList: Bool

    init(_ record: SupabaseRecord, autoconfirm: Bool, isOfList: Bool = false) {
        self.record = record
        self.isOfList = isOfList
        confirmedAt = SupabaseView.confirmedAt(record.user, autoconfirm: autoconfirm)
        appMetadata = SupabaseView.appMetadata(
            of: record.user, hasPassword: record.hasPassword, identities: record.identities)
        userMetadata = SupabaseView.userMetadata(of: record.user, autoconfirm: autoconfirm)
    }
}

/// What signing up leads to.
public enum SupabaseAnswer: Sendable {
    /// The user is signed in.
    case session(SupabaseSession)
    /// The user exists, and confirms the address first.
    case user(SupabaseProfile)
    /// The answer for an address that another user has, which looks like one for a new user.
    case madeUp(id: UserID, email: String, data: JSONObject, at: Timestamp)
}

/// What a redeemed code or token leads to.
public enum SupabaseVerified: Sendable {
    /// The user is signed in.
    case session(SupabaseSession)
    /// The first of the two confirmations of a change of address.
    case first
}
