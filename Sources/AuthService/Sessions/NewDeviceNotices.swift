// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthCrypto
import AuthStore

/// Finds sign-ins from devices that are new to their users, as `NewDevice` says.
///
/// The notice is written with the place; whether the user has just set a password, and so expects it, is looked up at its delivery.
struct NewDeviceNotices: Sendable {
    let core: ServiceCore
    private let keys: MACKeys

    /// Takes the key of the current root and those of earlier ones.
    init(core: ServiceCore, current: SecretBytes, previous: [SecretBytes]) {
        self.core = core
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
        guard let place = ActionOrigin(context, for: user.id).place else { return }
        let octets = Self.purpose + place.octets
        let digests = keys.all.map { $0.authenticationCode(for: octets) }
        // There is nothing to compare a first sign-in with.
        let isExpected = isKnownDevice || user.lastLoginAt == nil
        let isNew = try? await core.inStore { store throws(StoreError) in
            try await store.rememberSignIn(at: digests, of: user.id, isExpected: isExpected, context: context)
        }
        if isNew == true { core.outbox.signals.wake(.notice) }
    }

    private static let purpose = Array("authd sign-in place".utf8) + [0]
}
