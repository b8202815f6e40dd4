// SPDX-License-Identifier: Apache-2.0

import AuthCore
import Testing

@Suite("Abandoned registrations")
struct AbandonedRegistrationTests {
    private let cutoff = Timestamp(seconds: 2_000)

    private func user(
        email: String? = "ada@example.test", verifiedAt: Timestamp? = nil, role: Role = .user, isActive: Bool = true,
        bannedUntil: Timestamp? = nil, isAnonymous: Bool = false, createdAt: Int64 = 1_999,
        lastLoginAt: Timestamp? = nil, origin: UserOrigin? = .registered
    ) throws -> User {
        User(
            id: UserID(UUIDv7(high: 1, low: 1)), username: try Username("ada"),
            email: try email.map { text throws(ValidationError) in try EmailAddress(text) },
            emailVerifiedAt: verifiedAt, role: role, isActive: isActive, bannedUntil: bannedUntil,
            isAnonymous: isAnonymous, createdAt: Timestamp(seconds: createdAt), lastLoginAt: lastLoginAt,
            origin: origin)
    }

    @Test("a registration whose address was never verified and whose user never signed in is one, from its age on")
    func included() throws {
        #expect(AbandonedRegistration.includes(try user(), madeBefore: cutoff))
        #expect(!AbandonedRegistration.includes(try user(createdAt: 2_000), madeBefore: cutoff))
    }

    @Test("a user who has proved the address, signed in, or was touched by an administrator is none")
    func excluded() throws {
        let others = [
            try user(verifiedAt: Timestamp(seconds: 1)), try user(lastLoginAt: Timestamp(seconds: 1)),
            try user(email: nil), try user(role: .admin), try user(role: .guest), try user(isActive: false),
            try user(bannedUntil: Timestamp(seconds: 1)), try user(isAnonymous: true), try user(origin: nil),
            try user(origin: .administrator),
        ]
        for user in others { #expect(!AbandonedRegistration.includes(user, madeBefore: cutoff), "\(user)") }
    }
}
