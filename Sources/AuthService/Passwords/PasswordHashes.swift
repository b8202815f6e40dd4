// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthCrypto
import AuthStore

/// Hashes and checks passwords, and translates failures.
struct PasswordHashes: Sendable {
    let hashing: any PasswordHashing
    let breachedPasswords: (any BreachedPasswordChecking)?
    let dummies: DummyPasswords
    let observe: @Sendable (ServiceEvent) -> Void

    /// Hashes a chosen password that meets the policy, unless it is known from a breach.
    func newHash(ofChosen password: Password, field: String) async throws(AuthError) -> StoredPasswordHash {
        let isKnown: Bool
        do throws(HashingError) {
            isKnown = try await breachedPasswords?.contains(password) ?? false
        } catch {
            throw translate(error)
        }
        guard !isKnown else { throw .invalid([PasswordViolation.breached.violation(of: field)]) }
        return try await newHash(of: password)
    }

    /// Hashes a password to be stored.
    func newHash(of password: Password) async throws(AuthError) -> StoredPasswordHash {
        do throws(HashingError) {
            return StoredPasswordHash(try await hashing.hash(password))
        } catch {
            throw translate(error)
        }
    }

    /// Checks a password against a stored hash, or against one that nothing matches: the work is done either way.
    ///
    /// - Throws: `.overloaded`, also without memory for the check: then nothing is known about the password.
    func verify(
        _ password: Password, against stored: StoredPasswordHash?, of identifier: String,
        lane: HashingLane = .open
    ) async throws(AuthError) -> (match: PasswordMatch, hash: PasswordHash?) {
        let own = stored.flatMap { try? PasswordHash(parsing: $0.text) }
        let hash = own ?? dummies.hash(for: identifier)
        do throws(HashingError) {
            let match = try await hashing.match(password, against: hash, lane: lane)
            return (own == nil ? .none : match, own)
        } catch {
            throw translate(error)
        }
    }

    /// Rejects an attempt while too many passwords wait to be checked, before it has cost a query.
    ///
    /// Whether a device token is valid is not known yet, so an attempt with one is rejected only if no known device
    /// would be admitted.
    func checkRoom(for attempt: SignInAttempt) throws(AuthError) {
        do throws(HashingError) {
            try hashing.checkRoom(mayBeReserved: attempt.deviceToken != nil)
        } catch {
            throw translate(error)
        }
    }

    /// The places of the hashing queue for a user who is known before the password is checked, by a device or a session.
    ///
    /// A share belongs to the user, not to the device or session, of which one user can have any number. A throttled
    /// device or session has none, because its password will not be considered.
    func lane(for user: UserID, isThrottled: Bool) -> HashingLane {
        isThrottled ? .open : .reserved(for: HashingHolder(user.uuid.octets))
    }

    func translate(_ error: HashingError) -> AuthError {
        switch error {
        case .overloaded(let retryAfter): return .overloaded(retryAfter: retryAfter)
        case .cancelled: return .cancelled
        case .shutDown: return .unavailable
        case .failed(.outOfMemory):
            observe(.hashingFailed(error))
            return .overloaded(retryAfter: .seconds(1))
        case .failed:
            observe(.hashingFailed(error))
            return .internalFailure
        }
    }
}

extension StoredPasswordHash {
    init(_ hash: PasswordHash) {
        self.init(text: hash.encoded, cost: hash.cost.label)
    }
}
