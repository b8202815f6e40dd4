// SPDX-License-Identifier: Apache-2.0

import AuthCore

/// Users, tokens and sessions for the tests of Supabase's API.
enum SupabaseExamples {
    static let now = Timestamp(seconds: 1_800_000_000)
    static let id = UserID(UUIDv7(high: 1, low: 2))
    static let address = "ada@example.test"
    static let newAddress = "new@example.test"

    /// A user with an address, of whom nothing is proven.
    static func user(
        verified: Bool = false, asksFor newEmail: String? = nil, isBound: Bool = false,
        generation: CredentialGeneration = .first, origin: UserOrigin? = .registered
    ) throws -> User {
        User(
            id: id, email: try EmailAddress(address), emailVerifiedAt: verified ? now - .seconds(60) : nil,
            newEmail: try newEmail.map { try EmailAddress($0) }, credentialGeneration: generation, isBound: isBound,
            createdAt: now - .seconds(3_600), origin: origin)
    }

    /// A user without any identifier.
    static func guest(asksFor newEmail: String? = nil) throws -> User {
        User(
            id: id, newEmail: try newEmail.map { try EmailAddress($0) }, role: .guest, isAnonymous: true,
            createdAt: now - .seconds(3_600), origin: .anonymous)
    }

    /// A token that was mailed a minute ago, for an hour.
    static func token(to address: String = address, purpose: OneTimeTokenPurpose = .supabase) -> OneTimeToken {
        OneTimeToken(
            digest: [UInt8](repeating: 1, count: 32), purpose: purpose, userID: id, address: address,
            createdAt: now - .seconds(60), expiresAt: now + .seconds(3_540))
    }

    /// A session that was opened so long ago.
    static func session(_ methods: [AuthenticationMethod], age: Duration) -> Session {
        Session(
            id: SessionID(UUIDv7(high: 2, low: 2)), userID: id, scope: .none, authenticatedAt: now - age,
            methods: methods,
            profile: "supabase", createdAt: now - age, notAfter: now + .seconds(86_400), idleTimeout: .seconds(3_600),
            rotation: RefreshState(counter: 0, rotatedAt: now - age))
    }
}
