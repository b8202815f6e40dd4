// SPDX-License-Identifier: Apache-2.0

internal import AuthCore
internal import AuthService
internal import AuthStore

/// A user as the contract shows one.
enum SupabaseUserRepresentation {
    /// Writes a user's members.
    static func write(_ profile: SupabaseProfile, into body: inout JSONWriter) {
        let user = profile.record.user
        let mails = profile.record.mails
        body.member("id", user.id.description)
        body.member("aud", "authenticated")
        body.member("role", "authenticated")
        body.member("email", user.email?.canonical ?? "")
        body.member(ifPresent: "email_confirmed_at", profile.confirmedAt?.rfc3339)
        body.member("phone", "")
        body.member(ifPresent: "confirmed_at", profile.confirmedAt?.rfc3339)
        body.member(ifPresent: "invited_at", mails[.invite]?.rfc3339)
        body.member(
            ifPresent: "confirmation_sent_at", newest([mails[.signup], mails[.invite]])?.rfc3339)
        body.member(
            ifPresent: "recovery_sent_at", newest([mails[.recovery], mails[.magicLink]])?.rfc3339)
        body.member(ifPresent: "new_email", user.newEmail?.canonical)
        body.member(
            ifPresent: "email_change_sent_at",
            newest([mails[.emailChangeCurrent], mails[.emailChangeNew]])?.rfc3339)
        body.member(ifPresent: "reauthentication_sent_at", mails[.reauthentication]?.rfc3339)
        body.member(ifPresent: "last_sign_in_at", user.lastLoginAt?.rfc3339)
        body.member("app_metadata", .object(profile.appMetadata))
        body.member("user_metadata", .object(profile.userMetadata))
        if profile.isOfList {
            body.member("identities", .null)
        } else {
            body.member("identities", array: { SupabaseIdentityRepresentation.write(profile, into: &$0) })
        }
        body.member("created_at", user.createdAt.rfc3339)
        body.member("updated_at", user.updatedAt.rfc3339)
        body.member("is_anonymous", user.isAnonymous)
        body.member(ifPresent: "banned_until", user.bannedUntil?.rfc3339)
        body.member(ifPresent: "deleted_at", user.deletedAt?.rfc3339)
    }

    /// Writes the answer for an address that another user has: it looks like the one for a new user.
    static func writeMadeUp(
        _ id: UserID, email: String, data: JSONObject, at time: Timestamp, into body: inout JSONWriter
    ) {
        body.member("id", id.description)
        body.member("aud", "authenticated")
        body.member("role", "")
        body.member("email", email)
        body.member("phone", "")
        body.member("confirmation_sent_at", time.rfc3339)
        body.member(
            "app_metadata",
            object: { metadata in
                metadata.member("provider", "email")
                metadata.member("providers", ["email"] as [String])
            })
        body.member("user_metadata", .object(data))
        body.member("identities", array: { _ in })
        body.member("created_at", time.rfc3339)
        body.member("updated_at", time.rfc3339)
        body.member("is_anonymous", false)
    }

    private static func newest(_ times: [Timestamp?]) -> Timestamp? {
        times.compactMap(\.self).max()
    }
}

/// The identities of a user as the contract shows them.
enum SupabaseIdentityRepresentation {
    /// Writes the list: the one by e-mail, where there is one, and those at providers.
    static func write(_ profile: SupabaseProfile, into list: inout JSONWriter) {
        let (user, identities) = (profile.record.user, profile.record.identities)
        let hasEmail = SupabaseView.hasEmailIdentity(
            user, hasPassword: profile.record.hasPassword, identities: identities)
        if hasEmail, let email = user.email {
            list.object { body in
                body.member("identity_id", SupabaseView.emailIdentityID(of: user.id).description)
                body.member("id", user.id.description)
                body.member("user_id", user.id.description)
                body.member(
                    "identity_data",
                    object: { data in
                        data.member("sub", user.id.description)
                        data.member("email", email.canonical)
                        data.member("email_verified", profile.confirmedAt != nil)
                        data.member("phone_verified", false)
                    })
                body.member("provider", "email")
                body.member(ifPresent: "last_sign_in_at", user.lastLoginAt?.rfc3339)
                body.member("created_at", user.createdAt.rfc3339)
                body.member("updated_at", user.updatedAt.rfc3339)
                body.member("email", email.canonical)
            }
        }
        for identity in identities { write(identity, into: &list) }
    }

    private static func write(_ identity: Identity, into list: inout JSONWriter) {
        list.object { body in
            body.member("identity_id", identity.id.description)
            body.member("id", identity.subject.subject)
            body.member("user_id", identity.userID.description)
            body.member(
                "identity_data",
                object: { data in
                    data.member("iss", identity.subject.issuer)
                    data.member("sub", identity.subject.subject)
                    data.member("provider_id", identity.subject.subject)
                    data.member(ifPresent: "email", identity.email?.canonical)
                    data.member("email_verified", identity.emailIsVerified)
                    data.member("phone_verified", false)
                })
            body.member("provider", identity.provider.text)
            body.member("last_sign_in_at", identity.lastUsedAt.rfc3339)
            body.member("created_at", identity.createdAt.rfc3339)
            body.member("updated_at", identity.lastUsedAt.rfc3339)
            body.member(ifPresent: "email", identity.email?.canonical)
        }
    }
}
