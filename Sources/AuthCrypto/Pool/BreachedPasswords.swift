// SPDX-License-Identifier: Apache-2.0

public import AuthCore

/// Tells which passwords are known from breaches, waiting without blocking a thread.
public protocol BreachedPasswordChecking: Sendable {
    /// Whether a password is known.
    ///
    /// - Throws: Any ``HashingError``, which must not be taken for an unknown password.
    func contains(_ password: Password) async throws(HashingError) -> Bool
}

/// A ``BreachedPasswordFile`` that is read on the threads of a ``HashingPool``.
///
/// A password is looked up before it is hashed, so that what a pool admits bounds both.
public struct PooledBreachedPasswords: BreachedPasswordChecking {
    private let pool: HashingPool
    private let file: BreachedPasswordFile

    /// Looks up on `pool`, which the caller shuts down.
    public init(pool: HashingPool, file: BreachedPasswordFile) {
        self.pool = pool
        self.file = file
    }

    /// Looks up on the pool.
    public func contains(_ password: Password) async throws(HashingError) -> Bool {
        let result = try await pool.run { [file] () -> Result<Bool, BreachedPasswordFile.Failure> in
            do throws(BreachedPasswordFile.Failure) {
                return .success(try file.contains(password))
            } catch {
                return .failure(error)
            }
        }
        switch result {
        case .success(let isKnown): return isKnown
        case .failure: throw .failed(.fileUnreadable)
        }
    }
}
