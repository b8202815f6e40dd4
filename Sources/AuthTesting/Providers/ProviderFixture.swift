// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthStore

/// Persons of whom a provider tells, for the checks of P4 to P13.
///
/// The provider is trusted for the addresses of `example.test`.
extension StoreUnderTest {
    static let issuer = "https://idp.example.test"

    static func provider() throws -> IdentityProvider {
        var provider = IdentityProvider.generic(
            name: try ProviderName("corp"), issuer: issuer, clientID: "client")
        provider.trust = .domains(["example.test"])
        return provider
    }

    static func subject(_ name: String, issuer: String = StoreUnderTest.issuer) throws -> ProviderSubject {
        try requireValue(ProviderSubject(issuer: issuer, subject: name), "the subject")
    }

    static func profile(_ name: String, email: String? = nil, isVerified: Bool = true) throws -> ProviderProfile {
        ProviderProfile(
            subject: try subject(name), email: try email.map { try EmailAddress($0) },
            emailIsVerified: email != nil && isVerified, fullName: nil, hostedDomain: nil, domainOwnerVerified: false)
    }

    /// An identity of a user that is not stored yet.
    func identity(
        _ name: String, _ number: Int, of user: User, email: String? = nil, isBound: Bool = false, at seconds: Int64 = 0
    ) throws -> Identity {
        let now = context(seconds).now
        return Identity(
            id: Self.identityID(number), userID: user.id, provider: try ProviderName("corp"),
            subject: try Self.subject(name), email: try email.map { try EmailAddress($0) },
            emailIsVerified: email != nil, isBound: isBound, createdAt: now, lastUsedAt: now)
    }

    static func identityID(_ number: Int) -> IdentityID { IdentityID(uuid(70_000 + number)) }

    /// An arrival; a user who is made by it, the session and the identity have the number.
    func arrival(
        _ profile: ProviderProfile, _ number: Int, of found: UserID? = nil, limit: SessionLimit? = nil,
        replacing: SessionID? = nil, registration: RegistrationPolicy = .open, hasFactors: Bool = false,
        at seconds: Int64 = 1
    ) throws -> ProviderArrivalRequest {
        let template = User(
            id: UserID(Self.uuid(number)), createdAt: context(seconds).now, origin: .provider)
        return ProviderArrivalRequest(
            profile: profile, provider: try Self.provider(), registration: registration, requiresVerifiedEmail: false,
            newUser: template, identityID: Self.identityID(number), session: session(number, of: template, at: seconds),
            limit: limit, replacing: replacing, factorsChecked: found, holderHasFactors: hasFactors)
    }

    /// Looks whom an arrival is about and takes it in, as a service does, and again where that has changed in between.
    func arrive(
        _ profile: ProviderProfile, _ number: Int, limit: SessionLimit? = nil, replacing: SessionID? = nil,
        registration: RegistrationPolicy = .open, hasFactors: Bool = false, outbox: OutboxPolicy = .none,
        at seconds: Int64 = 1
    ) async throws -> Committed<ProviderArrivalOutcome> {
        for _ in 0..<5 {
            let look = try await store.look(profile.subject, address: profile.email)
            let found = (look.user ?? look.holder)?.id
            let committed = try await store.arrive(
                try arrival(
                    profile, number, of: found, limit: limit, replacing: replacing, registration: registration,
                    hasFactors: hasFactors, at: seconds),
                context: OperationContext(now: context(seconds).now, outbox: outbox))
            if case .needsFactors = committed.outcome { continue }
            return committed
        }
        throw ConformanceFailure(message: "whom an arrival is about changes for ever", location: #fileID)
    }

    /// What an arrival that was taken in came to.
    func signedIn(
        _ committed: Committed<ProviderArrivalOutcome>
    ) throws -> (user: User, effect: BindingEffect, isNew: Bool, evicted: [SessionID]) {
        guard case .signedIn(let user, let effect, let isNew, let evicted) = committed.outcome else {
            throw ConformanceFailure(message: "the outcome is \(committed.outcome)", location: #fileID)
        }
        return (user, effect, isNew, evicted)
    }

    /// Links an identity to a user in a session that is opened for it; both have the number.
    @discardableResult
    func link(
        _ name: String, _ number: Int, to user: User, email: String? = nil, isBound: Bool = false,
        at seconds: Int64 = 0
    ) async throws -> Identity {
        let session = try await open(number, of: user, at: seconds)
        let identity = try identity(name, number, of: user, email: email, isBound: isBound, at: seconds)
        let outcome = try await store.link(identity, session: session.id, context: context(seconds)).outcome
        guard case .linked(let linked) = outcome else {
            throw ConformanceFailure(message: "the identity was not linked: \(outcome)", location: #fileID)
        }
        return linked
    }

    /// The identities of a user by their subjects.
    func subjects(of user: User) async throws -> [String] {
        try await store.identities(of: user.id).map(\.subject.subject)
    }
}
