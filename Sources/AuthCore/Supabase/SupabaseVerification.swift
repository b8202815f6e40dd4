// SPDX-License-Identifier: Apache-2.0

/// What a client says that it redeems; the raw value is the contract's `type`.
public enum SupabaseVerification: String, Hashable, Sendable, CaseIterable {
    /// The confirmation of a sign-up.
    case signup
    /// An invitation.
    case invite
    /// A recovery.
    case recovery
    /// A link that signs in.
    case magicLink = "magiclink"
    /// Whatever confirms an address or signs in.
    case email
    /// A change of the address.
    case emailChange = "email_change"
    /// A text message; none is ever sent.
    case sms
    /// A change of the telephone number; there is none.
    case phoneChange = "phone_change"

    /// Whether the link or code of a mail may be redeemed as this.
    public func admits(_ kind: SupabaseMailKind) -> Bool {
        switch (self, kind) {
        case (.signup, .signup), (.signup, .invite), (.invite, .signup), (.invite, .invite): true
        case (.recovery, .recovery), (.recovery, .magicLink), (.magicLink, .recovery), (.magicLink, .magicLink): true
        case (.email, .signup), (.email, .invite), (.email, .recovery), (.email, .magicLink): true
        case (.emailChange, .emailChangeCurrent), (.emailChange, .emailChangeNew): true
        case (.signup, _), (.invite, _), (.recovery, _), (.magicLink, _), (.email, _), (.emailChange, _), (.sms, _),
            (.phoneChange, _):
            false
        }
    }
}
