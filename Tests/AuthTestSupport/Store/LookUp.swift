// SPDX-License-Identifier: Apache-2.0

package import AuthCore
package import AuthStore
package import AuthStoreSQL

/// One way to look for something of a user, and the statements that it costs where there is something and where not.
package struct LookUp: Sendable {
    /// The look-up, in words.
    package let name: String
    /// The statements where what is looked for is there.
    package let known: [String]
    /// The statements where it is not, in each way in which it may not be.
    package let unknown: [[String]]

    /// Looks for everything that an unauthenticated client can ask for, in an empty database with the schema.
    package static func all(in driver: some SQLDriver) async throws -> [LookUp] {
        let driver = RecordingDriver(driver)
        let store = SQLAuthStore(driver)
        let now = Timestamp(seconds: 1_800_000_000)
        let context = OperationContext(now: now)
        let ada = User(
            id: UserID(UUIDv7(high: 1, low: 1)), username: try Username("ada"),
            email: try EmailAddress("ada@example.test"), createdAt: now)
        let hash = StoredPasswordHash(text: "$test$", cost: "test")
        _ = try await store.createUser(ada, passwordHash: hash, action: .userCreated, context: context)
        let token = OneTimeToken(
            digest: [UInt8](repeating: 1, count: 32), purpose: .emailVerification, userID: ada.id,
            address: "ada@example.test", createdAt: now, expiresAt: now + .seconds(60))
        _ = try await store.issueToken(token, context: context)
        let stranger = UserID(UUIDv7(high: 9, low: 9))
        let otherDigest = [UInt8](repeating: 2, count: 32)
        let unknownKeys = [
            OneTimeTokenKey(userID: ada.id, digest: otherDigest),
            OneTimeTokenKey(userID: stranger, digest: otherDigest),
        ]
        func statements(_ body: () async throws -> Void) async throws -> [String] {
            try await driver.statements(body)
        }
        func credential(_ name: String) async throws -> [String] {
            let identifier = try Identifier(parsing: name)
            return try await statements { _ = try await store.credential(for: identifier, decoy: stranger) }
        }
        func reading(_ key: OneTimeTokenKey) async throws -> [String] {
            try await statements { _ = try await store.oneTimeToken(key) }
        }
        func redeeming(_ key: OneTimeTokenKey) async throws -> [String] {
            try await statements {
                _ = try await store.redeemPasswordReset(.link(key), newHash: hash, context: context)
            }
        }
        var lookUps = [
            LookUp(name: "a username", known: try await credential("ada"), unknown: [try await credential("bob")]),
            LookUp(
                name: "an address", known: try await credential("ada@example.test"),
                unknown: [try await credential("bob@example.test")]),
        ]
        var read: [[String]] = []
        var redeemed: [[String]] = []
        for key in unknownKeys {
            read.append(try await reading(key))
            redeemed.append(try await redeeming(key))
        }
        lookUps.append(LookUp(name: "a token", known: try await reading(token.key), unknown: read))
        // What a redemption writes tells it from a refusal; refusals must not differ among each other.
        lookUps.append(
            LookUp(name: "a token to redeem", known: try await redeeming(token.key), unknown: redeemed))
        // A wrong code at the flow of a user, and at one whose address no user has.
        func begun(_ octet: UInt8, of user: UserID) -> (OneTimeToken, MailedFlow) {
            let token = OneTimeToken(
                digest: [UInt8](repeating: octet, count: 32), purpose: .passwordReset, userID: user,
                address: "ada@example.test", createdAt: now, expiresAt: now + .seconds(60))
            let flow = MailedFlow(
                id: FlowID([UInt8](repeating: octet, count: 32)), purpose: .passwordReset,
                recipient: "ada@example.test", token: token.key, shown: nil, codeDigest: [octet],
                codeExpiresAt: token.expiresAt, expiresAt: token.expiresAt, mailedAt: now, source: nil, userAgent: nil,
                createdAt: now)
            return (token, flow)
        }
        var typed: [[String]] = []
        for (octet, user) in [(3, ada.id), (4, stranger)] as [(UInt8, UserID)] {
            let (token, flow) = begun(octet, of: user)
            _ = try await store.issueToken(
                MailedToken(token, flow: flow, mail: nil), under: .unlimited, answering: nil, context: context)
            typed.append(
                try await statements {
                    _ = try await store.redeemPasswordReset(.code(flow.id, [[0]]), newHash: hash, context: context)
                })
        }
        lookUps.append(LookUp(name: "a code", known: typed[0], unknown: [typed[1]]))
        return lookUps
    }
}
