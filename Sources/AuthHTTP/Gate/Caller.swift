// SPDX-License-Identifier: Apache-2.0

internal import AuthCore

/// Who sent a request, as its access token says and memory confirms.
struct Caller: Hashable, Sendable {
    let subject: AccessSubject
    /// The session that the token belongs to.
    let sessionID: SessionID?
    /// Whether nothing but changing the password is open to the user.
    let mustChangePassword: Bool
}

/// Turns access tokens into callers.
protocol CallerAuthenticating: Sendable {
    /// The caller, if memory alone can tell; `nil` means ask ``caller(bearing:)``.
    func callerNow(bearing token: String) -> Result<Caller, Refusal>?

    /// The caller.
    ///
    /// - Throws: `.invalidToken`, whatever is wrong with the token; `.unavailable`.
    func caller(bearing token: String) async throws(Refusal) -> Caller
}
