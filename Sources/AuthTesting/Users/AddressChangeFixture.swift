// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthStore

/// Users whose address changes, for the checks of U17 to U22.
extension StoreUnderTest {
    /// What undoes a change; its code is that of the same number.
    static func undo(_ octet: UInt8) -> AddressUndoOffer {
        AddressUndoOffer(
            flow: FlowID([UInt8](repeating: octet, count: 32)),
            token: OutboxToken(
                digest: [UInt8](repeating: octet, count: 32), content: [UInt8](repeating: octet, count: 24)),
            codeDigest: code(octet))
    }

    /// The proof by which the former mailbox undoes a change.
    static func undoing(_ octet: UInt8, of user: User) -> MailboxProof {
        .linkAndCode(
            OneTimeTokenKey(userID: user.id, digest: [UInt8](repeating: octet, count: 32)), [code(octet)])
    }

    /// Has a user ask for an address with a session, and stores what was mailed to it.
    @discardableResult
    func ask(
        _ user: User, for address: String, _ octet: UInt8, at seconds: Int64 = 0
    ) async throws -> MailedFlow {
        let address = try EmailAddress(address)
        let context = context(seconds, actor: user.id)
        guard
            case .changed(let asking) = try await store.changeProfile(
                of: user.id, by: ProfileChange(newEmail: address), context: context
            ).outcome
        else { throw ConformanceFailure(message: "the address was not noted", location: #fileID) }
        let token = OneTimeToken(
            digest: [UInt8](repeating: octet, count: 32), purpose: .addressChange, userID: user.id,
            address: address.canonical, createdAt: context.now, expiresAt: context.now + .seconds(3_600))
        let flow = flow(octet, .addressChange, of: token, shown: asking.credentialGeneration, at: seconds)
        let issuance = try await store.issueToken(
            MailedToken(token, flow: flow, mail: nil), under: .unlimited, answering: nil, context: context)
        try requireEqual(issuance, .issued(expiresAt: token.expiresAt), "whether the token was stored")
        return flow
    }

    /// Has a user ask for the address that the user has, so that tokens of every purpose are for this one.
    func askForOwnAddress(_ user: User) async throws {
        _ = try await store.changeProfile(
            of: user.id, by: ProfileChange(newEmail: user.email), context: context()
        ).outcome
    }

    /// Confirms the address that a flow is about, where the user has asked for it.
    func confirm(
        _ flow: MailedFlow, undo octet: UInt8, at seconds: Int64 = 1
    ) async throws -> AddressChangeOutcome {
        let key = try requireValue(flow.token)
        return try await confirm(.linkHere(key, flow.id), undo: octet, at: seconds)
    }

    /// Confirms an address with a proof.
    func confirm(
        _ proof: MailboxProof, undo octet: UInt8, at seconds: Int64 = 1, showing: CredentialGeneration? = nil
    ) async throws -> AddressChangeOutcome {
        try await store.confirmAddressChange(
            proof, showing: showing, undo: Self.undo(octet), context: context(seconds)
        ).outcome
    }

    /// Gives a user another address, which can be undone.
    @discardableResult
    func move(
        _ user: User, to address: String, _ octet: UInt8, undo: UInt8, at seconds: Int64 = 1
    ) async throws -> User {
        let flow = try await ask(user, for: address, octet, at: seconds)
        return try changed(try await confirm(flow, undo: undo, at: seconds))
    }

    /// Undoes a change.
    func undo(_ octet: UInt8, of user: User, at seconds: Int64) async throws -> AddressChangeOutcome {
        try await store.undoAddressChange(
            Self.undoing(octet, of: user), newHash: nil, context: context(seconds)
        ).outcome
    }

    /// The user of an outcome that is a change.
    func changed(_ outcome: AddressChangeOutcome) throws -> User {
        guard case .changed(let user) = outcome else {
            throw ConformanceFailure(message: "the outcome is \(outcome)", location: #fileID)
        }
        return user
    }

    /// Who is found by an address.
    func holder(of address: String) async throws -> UserID? {
        try await store.credential(for: .email(try EmailAddress(address)))?.user.id
    }

    /// Registers a user with an address.
    func register(_ address: String, _ number: Int, at seconds: Int64) async throws -> UserCreation {
        let user = User(
            id: UserID(Self.uuid(number)), email: try EmailAddress(address), createdAt: context(seconds).now)
        return try await store.createUser(
            user, passwordHash: nil, action: .userRegistered, context: context(seconds))
    }

    /// Replaces the password of a user, which is the first one.
    func replacePassword(of user: User, by new: String, at seconds: Int64) async throws {
        let replacement = PasswordReplacement(expected: Self.hash(), new: Self.hash(new), session: nil)
        let outcome = try await store.replacePassword(of: user.id, replacement, context: context(seconds)).outcome
        guard case .replaced = outcome else {
            throw ConformanceFailure(message: "the password was not replaced: \(outcome)", location: #fileID)
        }
    }

    /// A bound user with a password and a verified address.
    func makeBound(_ name: String, _ number: Int) async throws -> User {
        var user = try draft(name, number)
        user.emailVerifiedAt = context().now
        user.isBound = true
        let outcome = try await store.createUser(
            user, passwordHash: Self.hash(), action: .userCreated, context: context())
        try requireEqual(outcome, .created, "making \(name)")
        return user
    }
}
