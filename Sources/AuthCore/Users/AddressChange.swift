// SPDX-License-Identifier: Apache-2.0

/// A change of a user's address that can still be undone: what the mailbox of the former address may restore.
///
/// A change counts from the moment at which the new address was proven, or the former one removed. The owner of the former
/// address gets a link and a code with which the change is undone, for ``undoPeriod``. So long the former address is reserved, and
/// what was set after the change can be taken back; then the row is deleted.
public struct AddressChange: Hashable, Sendable {
    /// Whose address was changed.
    public let userID: UserID
    /// The place among the changes of the user: a later one has a greater number.
    public let number: Int64
    /// The address that was replaced or removed.
    public let former: EmailAddress
    /// When that address had been verified; `nil` where it never was.
    public let formerVerifiedAt: Timestamp?
    /// The generation of the credentials at the change.
    public let generation: CredentialGeneration
    /// Whether the credentials were bound to the former address at the change.
    public let wasBound: Bool
    /// The digest of the token that undoes it.
    public let undoDigest: [UInt8]
    /// When the address was changed.
    public let changedAt: Timestamp
    /// Until when the change can be undone and the former address is reserved.
    public let endsAt: Timestamp

    /// For how long a change can be undone.
    public static let undoPeriod = Duration.seconds(72 * 3_600)

    /// Describes a change as stored.
    public init(
        userID: UserID, number: Int64, former: EmailAddress, formerVerifiedAt: Timestamp?,
        generation: CredentialGeneration, wasBound: Bool, undoDigest: [UInt8], changedAt: Timestamp, endsAt: Timestamp
    ) {
        self.userID = userID
        self.number = number
        self.former = former
        self.formerVerifiedAt = formerVerifiedAt
        self.generation = generation
        self.wasBound = wasBound
        self.undoDigest = undoDigest
        self.changedAt = changedAt
        self.endsAt = endsAt
    }

    /// Describes the change that replaces the address of a user as stored; `nil` for a user without one.
    public init?(of user: User, after earlier: [AddressChange], undoDigest: [UInt8], at now: Timestamp) {
        guard let former = user.email else { return nil }
        self.init(
            userID: user.id, number: (earlier.map(\.number).max() ?? 0) + 1, former: former,
            formerVerifiedAt: user.emailVerifiedAt, generation: user.credentialGeneration, wasBound: user.isBound,
            undoDigest: undoDigest, changedAt: now, endsAt: now + Self.undoPeriod)
    }

    /// The token that undoes it.
    public var undoKey: OneTimeTokenKey { OneTimeTokenKey(userID: userID, digest: undoDigest) }

    /// Whether it can be undone at `now`, and the former address is reserved.
    public func isOpen(at now: Timestamp) -> Bool { now < endsAt }

    /// Whether it keeps an address reserved, for its user alone.
    public func reserves(_ canonical: String, at now: Timestamp) -> Bool {
        isOpen(at: now) && former.canonical.utf8.elementsEqual(canonical.utf8)
    }
}

// MARK: - Undoing a change

/// What undoing a change of address does to the password.
public enum PasswordRestoration: Hashable, Sendable {
    /// It stays: it was not replaced since the change.
    case keep
    /// The one that the user had at the change is set again, or none where the user had none.
    case restore
    /// It is removed: it was never shown with a proof of the mailbox that proves itself now.
    case remove
}

extension AddressChange {
    /// The user after the change was undone by the mailbox of the former address, and what becomes of the password.
    ///
    /// Every token and every known device of the user is void. A person who proves the former mailbox shows no other credential, so
    /// those that were not bound to it at the change are voided, as by any other proof.
    public func undone(for user: User, at now: Timestamp) -> (user: User, password: PasswordRestoration) {
        var restored = user
        restored.email = former
        restored.emailVerifiedAt = formerVerifiedAt ?? now
        restored.newEmail = nil
        restored.isBound = true
        restored.epoch = user.epoch.next(at: now)
        restored.credentialGeneration = user.credentialGeneration.next(at: now)
        restored.updatedAt = now
        guard wasBound else {
            restored.mustChangePassword = false
            return (restored, .remove)
        }
        return (restored, user.credentialGeneration == generation ? .keep : .restore)
    }

    /// What of a user's changes an undo takes back: this one, and those after it.
    public func undoing(in changes: [AddressChange]) -> [AddressChange] {
        changes.filter { number <= $0.number }
    }
}
