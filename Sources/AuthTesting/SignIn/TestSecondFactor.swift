// SPDX-License-Identifier: Apache-2.0

package import AuthCore
package import AuthService
import Synchronization

/// A second factor for tests: one code for every user who has it.
package final class TestSecondFactor: SignInFactorChecking {
    /// The factor as signing in asks for it.
    package static let factor = SignInFactor(id: "test", kind: "otp")
    /// The code that it accepts.
    package static let code = "314159"

    private let users = Mutex<Set<UserID>>([])

    /// Makes a factor that no user has.
    package init() {}

    /// Gives the factor to a user.
    package func enroll(_ user: UserID) {
        _ = users.withLock { $0.insert(user) }
    }

    /// Takes the factor from a user.
    package func remove(from user: UserID) {
        _ = users.withLock { $0.remove(user) }
    }

    package func factors(of user: UserID) async throws(AuthError) -> [SignInFactor] {
        users.withLock { $0.contains(user) } ? [Self.factor] : []
    }

    package func check(
        _ answer: SignInAnswer, of user: UserID, at now: Timestamp
    ) async throws(AuthError) -> AuthenticationMethod? {
        guard users.withLock({ $0.contains(user) }), answer.factorID == Self.factor.id, answer.code == Self.code else {
            return nil
        }
        return AuthenticationMethod(name: Self.factor.kind, at: now)
    }
}
