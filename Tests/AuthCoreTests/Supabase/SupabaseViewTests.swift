// SPDX-License-Identifier: Apache-2.0

import AuthCore
import Testing

@Suite("How Supabase's API shows a user")
struct SupabaseViewTests {
    private let now = SupabaseExamples.now

    private func identity(_ number: UInt64, at provider: String) throws -> Identity {
        try ProviderExamples.identity(number, of: SupabaseExamples.id, at: provider)
    }

    @Test("an address is confirmed when it was proven, or with autoconfirm for those who came by themselves")
    func confirmation() throws {
        let proven = try SupabaseExamples.user(verified: true)
        for autoconfirm in [false, true] {
            #expect(SupabaseView.confirmedAt(proven, autoconfirm: autoconfirm) == proven.emailVerifiedAt)
            #expect(SupabaseView.confirmedAt(try SupabaseExamples.guest(), autoconfirm: autoconfirm) == nil)
        }
        let origins: [(UserOrigin?, isConfirmed: Bool)] = [
            (.registered, true), (.provider, true), (.anonymous, true), (nil, true), (.administrator, false),
            (.invited, false),
        ]
        for (origin, isConfirmed) in origins {
            let user = try SupabaseExamples.user(origin: origin)
            #expect(SupabaseView.confirmedAt(user, autoconfirm: false) == nil)
            #expect(SupabaseView.confirmedAt(user, autoconfirm: true) == (isConfirmed ? user.createdAt : nil))
        }
        #expect(Set(origins.compactMap(\.0)) == Set(UserOrigin.allCases))
    }

    @Test("who has signed up has the members of the e-mail identity, which nothing that is stored replaces")
    func signedUp() throws {
        var user = try SupabaseExamples.user()
        user.userMetadata = #"{"city":"London","email":"eve@evil.test","email_verified":true,"sub":"1","phone":"1"}"#
        let own: JSONObject = [
            "sub": .string(user.id.description), "email": "ada@example.test", "email_verified": false,
            "phone_verified": false, "city": "London", "phone": "1",
        ]
        #expect(SupabaseView.userMetadata(of: user, autoconfirm: false) == own)
        var confirmed = own
        confirmed["email_verified"] = true
        #expect(SupabaseView.userMetadata(of: user, autoconfirm: true) == confirmed)
        user.emailVerifiedAt = now
        #expect(SupabaseView.userMetadata(of: user, autoconfirm: false) == confirmed)
        user.email = nil
        user.userMetadata = #"{"city":"London"}"#
        #expect(SupabaseView.userMetadata(of: user, autoconfirm: true) == ["city": "London"])
    }

    @Test("whom an administrator made, and guests, have exactly what is stored")
    func stored() throws {
        for origin in [.administrator, .invited, .anonymous, nil] as [UserOrigin?] {
            var user = try SupabaseExamples.user(verified: true, origin: origin)
            user.userMetadata = #"{"email":"x"}"#
            #expect(SupabaseView.userMetadata(of: user, autoconfirm: true) == ["email": "x"])
            user.userMetadata = "not JSON"
            #expect(SupabaseView.userMetadata(of: user, autoconfirm: true).isEmpty)
        }
    }

    @Test("who came by a provider has the name of there, unless they have written another")
    func names() throws {
        var user = try SupabaseExamples.user(origin: .provider)
        #expect(SupabaseView.userMetadata(of: user, autoconfirm: false).isEmpty)
        user.fullName = try FullName("Ada Lovelace")
        #expect(
            SupabaseView.userMetadata(of: user, autoconfirm: false)
                == ["name": "Ada Lovelace", "full_name": "Ada Lovelace"])
        user.userMetadata = #"{"full_name":"Countess","name":null}"#
        #expect(SupabaseView.userMetadata(of: user, autoconfirm: false) == ["full_name": "Countess", "name": nil])
    }

    @Test("providers are those of the user, the first one first, and stored members hide them")
    func providers() throws {
        let registered = try SupabaseExamples.user()
        let came = try SupabaseExamples.user(verified: true, origin: .provider)
        let google = try identity(1, at: "google")
        let both = [try identity(2, at: "github"), google, try identity(3, at: "google")]
        func shown(_ user: User, _ hasPassword: Bool, _ identities: [Identity]) -> JSONObject {
            SupabaseView.appMetadata(of: user, hasPassword: hasPassword, identities: identities)
        }
        #expect(shown(registered, true, []) == ["provider": "email", "providers": ["email"]])
        #expect(shown(registered, false, []) == ["provider": "email", "providers": ["email"]])
        #expect(shown(registered, true, both) == ["provider": "email", "providers": ["email", "google", "github"]])
        #expect(shown(came, false, [google]) == ["provider": "google", "providers": ["google"]])
        #expect(shown(came, true, [google]) == ["provider": "google", "providers": ["google", "email"]])
        #expect(shown(try SupabaseExamples.guest(), false, []).isEmpty)
        var user = registered
        user.appMetadata = #"{"provider":"legacy","plan":"free"}"#
        #expect(shown(user, true, []) == ["provider": "legacy", "plan": "free", "providers": ["email"]])
        #expect(SupabaseView.hasEmailIdentity(registered, hasPassword: false, identities: []))
        #expect(!SupabaseView.hasEmailIdentity(came, hasPassword: false, identities: [google]))
    }

    @Test("of sent metadata, users do not write the members of the e-mail identity")
    func stripping() {
        let sent: JSONObject = [
            "sub": "1", "email": "x", "email_verified": true, "phone": "1", "phone_verified": true, "Email": "y",
            "name": nil, "city": ["sub": "z"],
        ]
        #expect(SupabaseView.stripped(sent) == ["Email": "y", "name": nil, "city": ["sub": "z"]])
        #expect(SupabaseView.stripped([:]).isEmpty)
    }

    @Test("the e-mail identity has an id of its own, which leads back to the user's")
    func identityID() {
        let id = SupabaseView.emailIdentityID(of: SupabaseExamples.id)
        #expect(id == UUIDv7(high: 1, low: 3))
        #expect(SupabaseView.emailIdentityID(of: UserID(id)) == SupabaseExamples.id.uuid)
    }

    @Test("methods are told in the contract's words, the latest first, each once")
    func methods() {
        func at(_ seconds: Int64) -> Timestamp { now + .seconds(seconds) }
        func names(_ methods: [AuthenticationMethod]) -> [String] { SupabaseView.amr(methods).map(\.name) }

        #expect(
            names([
                .password(at: at(1)), .provider(at: at(2)), .anonymous(at: at(3)),
                .supabase("sb_otp_recovery", at: at(4)),
                .supabase("sb_signup", at: at(5)), .supabase("sb_invite", at: at(6)),
                .supabase("sb_magiclink", at: at(7)),
                .supabase("sb_recovery", at: at(8)), .supabase("sb_change", at: at(9)),
            ]) == [
                "email_change", "recovery", "magiclink", "invite", "email/signup", "otp", "anonymous", "oauth",
                "password",
            ])
        #expect(names([.mailedCode(at: at(1)), .supabase("sb_other", at: at(2)), .supabase("", at: at(3))]) == [])
        let twice = SupabaseView.amr([.supabase("sb_otp_signup", at: at(1)), .supabase("sb_otp_magiclink", at: at(9))])
        #expect(twice == [SupabaseTokenClaims.Method(name: "otp", seconds: at(9).seconds)])
        // Every mail that opens a session has a word.
        for kind in SupabaseMailKind.allCases where kind != .reauthentication {
            for isExchange in [true, false] {
                #expect(names([.supabase(kind.method(isExchange: isExchange), at: at(1))]).count == 1)
            }
        }
    }
}
