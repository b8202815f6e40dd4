// SPDX-License-Identifier: Apache-2.0

package import AuthCore
package import AuthService

/// Who sent a request, as its access token says and memory confirms.
package struct Caller: Sendable {
    package let subject: AccessSubject
    /// What the user must do before other routes than those for it are open.
    package let pendingDuty: PendingDuty?
    /// The user behind the token; absent only where no service stands behind the gate.
    package let principal: Principal?

    init(subject: AccessSubject, pendingDuty: PendingDuty? = nil, principal: Principal? = nil) {
        self.subject = subject
        self.pendingDuty = pendingDuty
        self.principal = principal
    }

    init(_ principal: Principal) {
        self.init(subject: principal.subject, pendingDuty: principal.pendingDuty, principal: principal)
    }
}

/// Turns access tokens into callers.
protocol CallerAuthenticating: Sendable {
    /// The caller, if memory alone can tell; `nil` means ask ``caller(bearing:)``.
    func callerNow(bearing token: String) -> Result<Caller, Refusal>?

    /// The caller.
    ///
    /// - Throws: `.invalidToken`, whatever is wrong with the token; `.unavailable`.
    func caller(bearing token: String) async throws(Refusal) -> Caller

    /// Whether the text is the secret of a service; from memory.
    func authenticatesService(bearing secret: String) -> Bool

    /// Checks that a caller has proven recently who they are; from memory.
    ///
    /// - Throws: `.reauthenticationRequired`.
    func requireRecentProof(of caller: Caller) throws(Refusal)
}
