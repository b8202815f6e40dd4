// SPDX-License-Identifier: Apache-2.0

public import AuthCore

/// Hashing and verifying passwords as a service uses it: waiting without blocking a thread.
///
/// An implementation admits only as much work as it can do in time and refuses the rest with `.overloaded`.
public protocol PasswordHashing: Sendable {
    /// What new hashes are made with.
    var parameters: HashingParameters { get }

    /// Hashes `password` with the current parameters and a fresh salt.
    ///
    /// - Throws: Any ``HashingError``; nothing was decided then.
    func hash(_ password: Password) async throws(HashingError) -> PasswordHash

    /// Whether `password` is the one that `hash` was made from, and in which form.
    ///
    /// One job, of at most two verifications: as `PasswordHasher.match(_:against:)`.
    ///
    /// - Throws: Any ``HashingError``, which must not be taken for a wrong password.
    func match(
        _ password: Password, against hash: PasswordHash, lane: HashingLane
    ) async throws(HashingError) -> PasswordMatch

    /// Does nothing, unless work would be refused at this moment: asked before what leads up to that work.
    ///
    /// - Parameter mayBeReserved: Whether the work may turn out to be for a holder of reserved places; it is then refused
    ///   only where no holder would be admitted.
    /// - Throws: `.overloaded` or `.shutDown`.
    func checkRoom(mayBeReserved: Bool) throws(HashingError)

    /// Whether `hash` should be replaced now that its password is at hand. Costs nothing.
    func needsRehash(_ hash: PasswordHash) -> Bool
}

extension PasswordHashing {
    /// Verifies in an open place: whether `password` is the one that `hash` was made from, in either form.
    ///
    /// - Throws: Any ``HashingError``, which must not be taken for a wrong password.
    public func verify(_ password: Password, against hash: PasswordHash) async throws(HashingError) -> Bool {
        try await match(password, against: hash, lane: .open).isMatch
    }
}

/// Password hashing on a ``HashingPool``.
public struct PooledPasswordHasher: PasswordHashing {
    private let pool: HashingPool
    private let hasher: PasswordHasher
    private let random: any RandomSource

    /// Hashes on `pool`, which the caller shuts down.
    public init(
        pool: HashingPool, parameters: HashingParameters = .standard, random: any RandomSource = SystemRandom()
    ) {
        self.pool = pool
        hasher = PasswordHasher(parameters: parameters)
        self.random = random
    }

    /// What was given when the hasher was made.
    public var parameters: HashingParameters { hasher.parameters }

    /// Hashes on the pool.
    public func hash(_ password: Password) async throws(HashingError) -> PasswordHash {
        try await run { (hasher, random) throws(CryptoError) in try hasher.hash(password, random: random) }
    }

    /// Verifies on the pool.
    public func match(
        _ password: Password, against hash: PasswordHash, lane: HashingLane
    ) async throws(HashingError) -> PasswordMatch {
        try await run(lane) { (hasher, _) throws(CryptoError) in try hasher.match(password, against: hash) }
    }

    /// Asks the pool.
    public func checkRoom(mayBeReserved: Bool) throws(HashingError) {
        try pool.checkRoom(mayBeReserved: mayBeReserved)
    }

    /// Compares with the parameters given.
    public func needsRehash(_ hash: PasswordHash) -> Bool {
        hasher.needsRehash(hash)
    }

    private func run<T: Sendable>(
        _ lane: HashingLane = .open,
        _ work: @escaping @Sendable (PasswordHasher, any RandomSource) throws(CryptoError) -> T
    ) async throws(HashingError) -> T {
        let result = try await pool.run(lane: lane) { [hasher, random] () -> Result<T, CryptoError> in
            do throws(CryptoError) {
                return .success(try work(hasher, random))
            } catch {
                return .failure(error)
            }
        }
        switch result {
        case .success(let value): return value
        case .failure(let error): throw .failed(error)
        }
    }
}
