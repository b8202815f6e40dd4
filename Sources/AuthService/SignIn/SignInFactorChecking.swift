// SPDX-License-Identifier: Apache-2.0

package import AuthCore

/// The second factors that signing in requires.
///
/// Called only for users who have given their first credential.
package protocol SignInFactorChecking: Sendable {
    /// The factors that a user has set up; none for a user who signs in with a password alone.
    ///
    /// - Throws: `.unavailable`, `.internalFailure`, `.cancelled`; the sign-in then fails likewise.
    func factors(of user: UserID) async throws(AuthError) -> [SignInFactor]

    /// Checks a user's answer to one of their factors.
    ///
    /// - Returns: The method that the user has used; `nil` for a wrong answer.
    /// - Throws: As ``factors(of:)``.
    func check(
        _ answer: SignInAnswer, of user: UserID, at now: Timestamp
    ) async throws(AuthError) -> AuthenticationMethod?
}

/// A user's answer to a second factor.
public struct SignInAnswer: Sendable {
    /// The factor's `SignInFactor.id`.
    public let factorID: String
    /// The code as typed.
    public let code: String

    /// Takes an answer.
    public init(factorID: String, code: String) {
        self.factorID = factorID
        self.code = code
    }
}

extension SignInAnswer: CustomStringConvertible, CustomReflectable {
    /// Names the factor and not the code.
    public var description: String { "SignInAnswer(factor: \(factorID))" }
    /// Shows nothing.
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}
