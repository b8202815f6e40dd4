// SPDX-License-Identifier: Apache-2.0

/// Changing and resetting passwords.
public struct PasswordService: Sendable {
    let core: ServiceCore
    let hashes: PasswordHashes
    let attempts: PasswordAttempts
    let mail: MailDispatch
    let tokens: OneTimeTokenIssuer
    let issuer: SessionIssuer
}
