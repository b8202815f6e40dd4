// SPDX-License-Identifier: Apache-2.0

import AuthCore
import Testing

@Suite("Who comes by an identity provider")
struct ProviderArrivalTests {
    private let now = ProviderExamples.now

    private func user(
        _ number: UInt64 = 1, email: String? = "ada@example.test", isVerified: Bool = true, isBound: Bool = true,
        role: Role = .user, permissions: Scope = .none, isActive: Bool = true, bannedUntil: Timestamp? = nil,
        origin: UserOrigin = .registered
    ) throws -> User {
        User(
            id: UserID(UUIDv7(high: 1, low: number)),
            email: try email.map { (text) throws(ValidationError) in try EmailAddress(text) },
            emailVerifiedAt: isVerified ? now : nil, role: role, permissions: permissions, isActive: isActive,
            bannedUntil: bannedUntil, credentialGeneration: CredentialGeneration(7), isBound: isBound, createdAt: now,
            origin: origin)
    }

    private func decide(
        _ profile: ProviderProfile, identity: Identity? = nil, user: User? = nil, holder: User? = nil,
        hasFactors: Bool = false, registration: RegistrationPolicy = .open, requiresVerifiedEmail: Bool = false
    ) throws -> ProviderArrival.Decision {
        ProviderArrival.decide(
            profile, from: try ProviderExamples.provider(), identity: identity, user: user, holder: holder,
            holderHasFactors: hasFactors, registration: registration, requiresVerifiedEmail: requiresVerifiedEmail,
            at: now)
    }

    private func proven() throws -> ProviderProfile { try ProviderExamples.profile() }

    /// What a provider says that proves nothing: another domain's address, one that is not verified, none.
    private func unproven() throws -> [ProviderProfile] {
        [
            try ProviderExamples.profile("ada@elsewhere.test"), try ProviderExamples.profile(isVerified: false),
            try ProviderExamples.profile(nil),
        ]
    }

    // MARK: A known identity

    @Test("a known identity signs its user in, whatever address the provider tells and whatever registration is")
    func known() throws {
        let ada = try user(email: "lovelace@example.test")
        let identity = try ProviderExamples.identity(of: ada.id)
        for policy in [RegistrationPolicy.open, .closed, .invitation, .domains([])] {
            for profile in try [proven()] + unproven() {
                let decision = try decide(profile, identity: identity, user: ada, registration: policy)
                #expect(decision == .signIn(ada, identity))
            }
        }
        // Also where another user has the address, or the user has a role or second factors, which the service asks for.
        let grace = try user(2)
        let admin = try user(role: .admin)
        #expect(try decide(proven(), identity: identity, user: ada, holder: grace) == .signIn(ada, identity))
        #expect(try decide(proven(), identity: identity, user: admin, hasFactors: true) == .signIn(admin, identity))
    }

    @Test("a known identity of a user who may not sign in is refused")
    func knownRefused() throws {
        let identity = try ProviderExamples.identity(of: try user().id)
        func refusal(_ user: User?, requiresVerifiedEmail: Bool = false) throws -> ProviderArrival.Decision {
            try decide(
                proven(), identity: identity, user: user, requiresVerifiedEmail: requiresVerifiedEmail)
        }
        #expect(try refusal(user(isActive: false)) == .refuse(.userDisabled))
        #expect(try refusal(user(bannedUntil: now + .microseconds(1))) == .refuse(.userDisabled))
        #expect(try refusal(user(bannedUntil: now)) == .signIn(user(bannedUntil: now), identity))
        #expect(try refusal(user(isVerified: false), requiresVerifiedEmail: true) == .refuse(.emailNotVerified))
        #expect(try refusal(user(isVerified: false)) == .signIn(user(isVerified: false), identity))
        #expect(try refusal(user(), requiresVerifiedEmail: true) == .signIn(user(), identity))
        #expect(try refusal(nil) == .refuse(.userDisabled))
        #expect(try refusal(user(2)) == .refuse(.userDisabled))
    }

    // MARK: An unknown identity, and a user who has the address

    @Test("an address that the provider proves links to its user; what was not bound before is void")
    func link() throws {
        for policy in [RegistrationPolicy.open, .closed, .invitation, .domains([])] {
            for requiresVerifiedEmail in [true, false] {
                for (isVerified, isBound) in [(true, true), (true, false), (false, true), (false, false)] {
                    let ada = try user(isVerified: isVerified, isBound: isBound)
                    let decision = try decide(
                        proven(), holder: ada, registration: policy, requiresVerifiedEmail: requiresVerifiedEmail)
                    #expect(decision == .link(ada, isBound ? .keep : .void))
                }
            }
        }
        let invited = try user(isVerified: false, isBound: false, origin: .invited)
        #expect(try decide(proven(), holder: invited, registration: .invitation) == .link(invited, .void))
    }

    @Test("an address that the provider does not prove links to no user")
    func unprovenLink() throws {
        for profile in try unproven() {
            for holder in [try user(), try user(isVerified: false, isBound: false), try user(isActive: false)] {
                for policy in [RegistrationPolicy.open, .closed, .domains([])] {
                    let decision = try decide(profile, holder: holder, registration: policy)
                    #expect(decision == .refuse(.signInToLink))
                }
            }
        }
    }

    @Test("where addresses must be verified, an unproven address is answered alike whether a user has it or not")
    func noOracle() throws {
        for profile in try unproven() {
            for policy in [RegistrationPolicy.open, .closed, .invitation, .domains([])] {
                let answers = try [nil, user(), user(role: .admin), user(isActive: false)].map { holder in
                    try decide(profile, holder: holder, registration: policy, requiresVerifiedEmail: true)
                }
                #expect(Set(answers).count == 1, "\(answers)")
            }
        }
    }

    @Test("a user with a role above the default, permissions or a second factor is not linked by an address")
    func privileged() throws {
        for isBound in [true, false] {
            for role: Role in [.admin, "editor", .guest] {
                #expect(try decide(proven(), holder: user(isBound: isBound, role: role)) == .refuse(.signInToLink))
            }
            let permitted = try user(isBound: isBound, permissions: "notes:read")
            #expect(try decide(proven(), holder: permitted) == .refuse(.signInToLink))
            #expect(try decide(proven(), holder: user(isBound: isBound), hasFactors: true) == .refuse(.signInToLink))
        }
    }

    @Test("a user who may not sign in is not linked")
    func disabled() throws {
        #expect(try decide(proven(), holder: user(isActive: false)) == .refuse(.userDisabled))
        #expect(try decide(proven(), holder: user(bannedUntil: now + .seconds(1))) == .refuse(.userDisabled))
        let back = try user(bannedUntil: now)
        #expect(try decide(proven(), holder: back) == .link(back, .keep))
    }

    // MARK: An unknown identity, and an address of no user

    struct Policy: Sendable, CustomTestStringConvertible {
        let why: String
        let registration: RegistrationPolicy
        let requiresVerifiedEmail: Bool
        /// With an address that is proven, with one elsewhere, with the same one not verified, and without any.
        let outcomes: [ProviderFlowError?]
        var testDescription: String { why }
    }

    static func policies() throws -> [Policy] {
        let corp = RegistrationPolicy.domains([try DomainName("example.test")])
        let elsewhere = RegistrationPolicy.domains([try DomainName("elsewhere.test")])
        return [
            Policy(
                why: "open", registration: .open, requiresVerifiedEmail: false, outcomes: [nil, nil, nil, nil]),
            Policy(
                why: "open with verified addresses", registration: .open, requiresVerifiedEmail: true,
                outcomes: [nil, .emailNotVerified, .emailNotVerified, .emailNotVerified]),
            Policy(
                why: "closed", registration: .closed, requiresVerifiedEmail: false,
                outcomes: Array(repeating: .registrationClosed, count: 4)),
            Policy(
                why: "by invitation", registration: .invitation, requiresVerifiedEmail: true,
                outcomes: Array(repeating: .registrationClosed, count: 4)),
            Policy(
                why: "the domain", registration: corp, requiresVerifiedEmail: true,
                outcomes: [nil, .domainNotAllowed, .emailNotVerified, .domainNotAllowed]),
            Policy(
                why: "another domain", registration: elsewhere, requiresVerifiedEmail: true,
                outcomes: [.domainNotAllowed, .emailNotVerified, .domainNotAllowed, .domainNotAllowed]),
            Policy(
                why: "no domain", registration: .domains([]), requiresVerifiedEmail: false,
                outcomes: Array(repeating: .domainNotAllowed, count: 4)),
        ]
    }

    @Test("a new person registers as the policy says, with an address only where the provider proves it")
    func register() throws {
        for policy in try Self.policies() {
            let profiles = try [proven()] + unproven()
            try #require(policy.outcomes.count == profiles.count)
            for (index, profile) in profiles.enumerated() {
                let decision = try decide(
                    profile, registration: policy.registration, requiresVerifiedEmail: policy.requiresVerifiedEmail)
                let expected: ProviderArrival.Decision =
                    if let refusal = policy.outcomes[index] {
                        .refuse(refusal)
                    } else {
                        .register(verified: index == 0 ? profile.email : nil)
                    }
                #expect(decision == expected, "\(policy.why), \(index)")
            }
        }
    }
}
