// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthCrypto

/// The budgets that failed sign-ins count against, as digests that reveal nothing to a reader of the store.
struct SignInLimits: Sendable {
    /// The user who is being signed in.
    enum Subject: Sendable {
        /// A user, whichever identifier was given.
        case user(UserID)
        /// No user has this identifier.
        case unknown(Identifier)
        /// The text is no identifier.
        case unreadable(String)
    }

    private let digest: HMACSHA256

    init(key: SecretBytes) {
        digest = HMACSHA256(key: key)
    }

    /// The budgets that an attempt counts against: that of a known device alone, or else that of its source, if it has
    /// one, and that of all sources together.
    ///
    /// An attempt without an address has no budget of a source: one for all of them would let each use up the others'.
    func keys(
        for subject: Subject, device: DeviceTokens.DeviceID?, sourceGroup: String?
    ) -> [SignInBudgetKey] {
        let subject = octets(subject)
        if let device { return [key(.device, subject, device.octets)] }
        let user = key(.user, subject, [])
        guard let sourceGroup else { return [user] }
        return [key(.source, subject, Array(sourceGroup.utf8)), user]
    }

    /// The budget of a session whose user has to present the password again.
    func key(forSession id: SessionID, of userID: UserID) -> SignInBudgetKey {
        key(.device, octets(.user(userID)), id.uuid.octets)
    }

    /// The budget of the usernames that a user asks for; the rule is that of a source.
    func key(forUsernameRequestsOf userID: UserID) -> SignInBudgetKey {
        // 33 octets, then these: no source is spelt so.
        key(.source, octets(.user(userID)), Array("username requests".utf8))
    }

    private func key(_ kind: SignInBudget.Kind, _ subject: [UInt8], _ rest: [UInt8]) -> SignInBudgetKey {
        SignInBudgetKey(kind, digest: digest.authenticationCode(for: Array(kind.rawValue.utf8) + [0] + subject + rest))
    }

    /// Always 33 octets, so that what follows cannot be taken for a part of it.
    private func octets(_ subject: Subject) -> [UInt8] {
        switch subject {
        case .user(let id): [1] + digest.authenticationCode(for: id.uuid.octets)
        case .unknown(let identifier): [2] + digest.authenticationCode(for: Array(identifier.canonical.utf8))
        case .unreadable(let text): [3] + digest.authenticationCode(for: Array(text.utf8))
        }
    }
}
