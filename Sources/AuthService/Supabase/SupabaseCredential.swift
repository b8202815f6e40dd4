// SPDX-License-Identifier: Apache-2.0

public import AuthCore

/// What a client shows to pass for an administrator, as it came: the bearer token, or without any, the value of `apikey`.
public struct SupabaseCredential: Sendable {
    let text: String

    /// Takes what came; `nil` where nothing did.
    ///
    /// `apiKey` counts only where there is no `Authorization` at all.
    public init?(bearer: String?, apiKey: String?) {
        guard let text = bearer ?? apiKey, !text.isEmpty else { return nil }
        self.text = text
    }
}

extension SupabaseCredential: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// A constant.
    public var description: String { "SupabaseCredential(redacted)" }
    /// A constant.
    public var debugDescription: String { description }
    /// A mirror without children.
    public var customMirror: Mirror { Mirror(self, children: []) }
}

/// A secret key that was checked.
public struct SupabaseAdmin: Sendable {
    /// The actor in the audit: the id of the key, and the nil UUID for the bare form.
    public let actor: UserID
}

/// A user whose access token was checked, with its session.
public struct SupabaseCaller: Sendable {
    /// The user's current record.
    public let user: User
    /// The session of the token.
    public let session: Session
}
