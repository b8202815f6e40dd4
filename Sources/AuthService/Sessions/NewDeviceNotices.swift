// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthCrypto
import AuthStore

/// Tells users of sign-ins from devices that are new to them, as `NewDevice` says.
struct NewDeviceNotices: Sendable {
    let core: ServiceCore
    let mail: MailDispatch
    private let keys: MACKeys

    /// Takes the key of the current root and those of earlier ones.
    init(core: ServiceCore, mail: MailDispatch, current: SecretBytes, previous: [SecretBytes]) {
        self.core = core
        self.mail = mail
        keys = MACKeys(current: current, previous: previous)
    }

    /// Takes in a completed sign-in of a user as they were before it.
    ///
    /// A user who had never signed in is not told, nor one whose device presented a token of an earlier sign-in
    /// (`isKnownDevice`).
    ///
    /// The session is open already: a failure here is reported, and the next sign-in from there is new instead.
    ///
    /// Cost: one indexed read if the user signed in from there within a day.
    func noteSignIn(of user: User, isKnownDevice: Bool, _ context: OperationContext) async {
        guard let place = ActionOrigin(context).place else { return }
        let octets = Self.purpose + place.octets
        let digests = keys.all.map { $0.authenticationCode(for: octets) }
        // There is nothing to compare a first sign-in with.
        let isExpected = isKnownDevice || user.lastLoginAt == nil
        let isNew = try? await core.inStore { store throws(StoreError) in
            try await store.rememberSignIn(at: digests, of: user.id, isExpected: isExpected, context: context)
        }
        guard isNew == true, mail.sends(.newDevice), await !hasJustSetPassword(user.id, context) else { return }
        mail.notify(user, .newDevice, context)
    }

    /// Whether the user has set a password so recently that a sign-in from elsewhere is no surprise.
    private func hasJustSetPassword(_ id: UserID, _ context: OperationContext) async -> Bool {
        for action in [AuditAction.passwordReset, .passwordChanged] {
            let query = AuditQuery(
                action: action, target: id, wasDone: true, from: context.now - NewDevice.quietAfterPassword, limit: 1)
            let events = try? await core.inStore { store throws(StoreError) in
                try await store.auditEvents(matching: query)
            }
            // If it cannot be read, one mail too many is the smaller harm.
            if events?.isEmpty == false { return true }
        }
        return false
    }

    private static let purpose = Array("authd sign-in place".utf8) + [0]
}
