// SPDX-License-Identifier: Apache-2.0

public import AuthCore

/// What a user asks to have changed of themselves, as it came.
public struct SupabaseUserChange: Sendable {
    /// The new address.
    public let email: String?
    /// A phone number, which is refused.
    public let phone: String?
    /// The new password.
    public let password: String?
    /// The code of a mail that was asked for to reauthenticate.
    public let nonce: String?
    /// The password that the user has.
    public let currentPassword: String?
    /// Members of the metadata to set, or to remove where they are `null`.
    public let data: JSONObject?
    /// Whether the body has `app_metadata`, which is refused.
    public let hasAppMetadata: Bool
    /// Where the links of the mails lead; `nil` for the site, without a challenge.
    public let returning: SupabaseReturn?

    /// Takes what came.
    public init(
        email: String? = nil, phone: String? = nil, password: String? = nil, nonce: String? = nil,
        currentPassword: String? = nil, data: JSONObject? = nil, hasAppMetadata: Bool = false,
        returning: SupabaseReturn? = nil
    ) {
        self.email = email
        self.phone = phone
        self.password = password
        self.nonce = nonce
        self.currentPassword = currentPassword
        self.data = data
        self.hasAppMetadata = hasAppMetadata
        self.returning = returning
    }
}

extension SupabaseUserChange: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// A constant.
    public var description: String { "SupabaseUserChange(redacted)" }
    /// A constant.
    public var debugDescription: String { description }
    /// A mirror without children.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
