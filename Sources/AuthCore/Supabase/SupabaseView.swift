// SPDX-License-Identifier: Apache-2.0

/// How Supabase's API shows a user: what the contract has and nothing here stores is derived.
public enum SupabaseView {
    /// When the user's address counts as confirmed; `nil` for never.
    ///
    /// With `autoconfirm` it does so from the beginning for those who came by themselves, in the answers of that API alone: the
    /// address is not proven by it.
    public static func confirmedAt(_ user: User, autoconfirm: Bool) -> Timestamp? {
        guard user.email != nil else { return nil }
        if let verified = user.emailVerifiedAt { return verified }
        guard autoconfirm else { return nil }
        switch user.origin {
        case .registered, .provider, .anonymous, nil: return user.createdAt
        case .administrator, .invited: return nil
        }
    }

    /// Whether the user has an identity of the provider `email`: an address, and a password or no identity at a provider.
    public static func hasEmailIdentity(_ user: User, hasPassword: Bool, identities: [Identity]) -> Bool {
        user.email != nil && (hasPassword || identities.isEmpty)
    }

    /// The metadata that users write.
    ///
    /// Of users who have signed up, the members of the e-mail identity are the service's word and hide stored ones; of those who
    /// came by a provider, the name is there unless they have written another one.
    public static func userMetadata(of user: User, autoconfirm: Bool) -> JSONObject {
        let stored = JSONObject(metadata: user.userMetadata)
        var members: [JSONObject.Member] = []
        switch user.origin {
        case .registered:
            guard let email = user.email else { return stored }
            let isConfirmed = confirmedAt(user, autoconfirm: autoconfirm) != nil
            members = [
                JSONObject.Member(name: "sub", value: .string(user.id.description)),
                JSONObject.Member(name: "email", value: .string(email.canonical)),
                JSONObject.Member(name: "email_verified", value: .bool(isConfirmed)),
                JSONObject.Member(name: "phone_verified", value: .bool(false)),
            ]
        case .provider:
            guard let name = user.fullName else { return stored }
            for key in ["name", "full_name"] where stored[key] == nil {
                members.append(JSONObject.Member(name: key, value: .string(name.text)))
            }
        case .administrator, .invited, .anonymous, nil: return stored
        }
        let derived = Set(members.map { WireText($0.name) })
        members += stored.members.filter { !derived.contains(WireText($0.name)) }
        return JSONObject(unique: members)
    }

    /// The metadata that the operator's services write; stored members hide derived ones.
    public static func appMetadata(of user: User, hasPassword: Bool, identities: [Identity]) -> JSONObject {
        var object = JSONObject(metadata: user.appMetadata)
        let providers = providers(of: user, hasPassword: hasPassword, identities: identities)
        guard let first = providers.first else { return object }
        if object["provider"] == nil { object["provider"] = .string(first) }
        if object["providers"] == nil { object["providers"] = .array(providers.map { .string($0) }) }
        return object
    }

    /// What a user may write of sent metadata: the members of the e-mail identity are the service's.
    public static func stripped(_ data: JSONObject) -> JSONObject {
        JSONObject(
            unique: data.members.filter { member in
                switch WireText(member.name) {
                case "sub", "email", "email_verified", "phone", "phone_verified": false
                default: true
                }
            })
    }

    /// The id of the e-mail identity, which has no row: that of the user with the last bit turned over, so that it is none of
    /// any user's or identity's.
    public static func emailIdentityID(of id: UserID) -> UUIDv7 {
        UUIDv7(high: id.uuid.high, low: id.uuid.low ^ 1)
    }

    /// How the user proved who they are, in the contract's words, the latest first; what the contract has no word for is left
    /// out.
    public static func amr(_ methods: [AuthenticationMethod]) -> [SupabaseTokenClaims.Method] {
        var seen: Set<WireText> = []
        return methods.sorted { $0.at > $1.at }.compactMap { method in
            guard let name = word(for: method.name), seen.insert(WireText(name)).inserted else { return nil }
            return SupabaseTokenClaims.Method(name: name, seconds: max(method.at.seconds, 0))
        }
    }

    private static func word(for method: String) -> String? {
        if method.utf8.starts(with: "sb_otp_".utf8) { return "otp" }
        return switch WireText(method) {
        case "pwd": "password"
        case "fed": "oauth"
        case "anon": "anonymous"
        case "sb_signup": "email/signup"
        case "sb_invite": "invite"
        case "sb_magiclink": "magiclink"
        case "sb_recovery": "recovery"
        case "sb_change": "email_change"
        default: nil
        }
    }

    /// The names of the user's providers, that by which the user came first.
    private static func providers(of user: User, hasPassword: Bool, identities: [Identity]) -> [String] {
        var names: [String] = []
        for identity in identities.sorted(by: { $0.id < $1.id })
        where !names.contains(where: { $0.hasSameOctets(as: identity.provider.text) }) {
            names.append(identity.provider.text)
        }
        guard hasEmailIdentity(user, hasPassword: hasPassword, identities: identities) else { return names }
        return user.origin == .provider ? names + ["email"] : ["email"] + names  // own text
    }
}
