// SPDX-License-Identifier: Apache-2.0

/// Registration, profiles, addresses and the administration of users.
public struct UserService: Sendable {
    let core: ServiceCore
    let hashes: PasswordHashes
    let attempts: PasswordAttempts
    let mail: MailDispatch
    let tokens: OneTimeTokenIssuer
    let abandoned: AbandonedRegistrations
    let setupTokens: SetupTokens
}
