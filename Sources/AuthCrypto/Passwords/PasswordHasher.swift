// SPDX-License-Identifier: Apache-2.0

/// Hashes passwords and checks them against hashes, at once and on the caller's thread.
///
/// - Warning: Blocks for milliseconds to seconds. A service goes through ``HashingPool``.
public struct PasswordHasher: Sendable {
    /// What hashes are made with.
    public let parameters: HashingParameters

    /// Makes a hasher.
    public init(parameters: HashingParameters = .standard) {
        self.parameters = parameters
    }

    /// Hashes `password`, whatever its length, with a fresh salt.
    ///
    /// - Throws: `.outOfMemory`, `.libraryFailure`.
    public func hash(
        bytes password: UnsafeBufferPointer<UInt8>, random: some RandomSource
    ) throws(CryptoError) -> PasswordHash {
        let cost = parameters.cost
        switch parameters.algorithm {
        case .argon2id(let memoryKiB, let iterations):
            let salt = random.bytes(count: Argon2.saltLength)
            let digest = try Argon2.digest(of: password, salt: salt, memoryKiB: memoryKiB, iterations: iterations)
            return PasswordHash(cost: cost, salt: salt, digest: digest)
        case .bcrypt(let rounds):
            let salt = Array(Base64Text.bcrypt.encode(random.bytes(count: Bcrypt.saltByteCount)).utf8)
            let digest = try Bcrypt.digest(of: password, input: .keyedDigest, cost: rounds, salt: salt)
            guard let digest else { throw .libraryFailure(.bcrypt) }
            return PasswordHash(cost: cost, salt: salt, digest: digest)
        }
    }

    /// Whether `password` is the one that `hash` was made from.
    ///
    /// Compares in constant time.
    ///
    /// Plain bcrypt sees the first 72 bytes only; a hash of that kind is verified so because that is what it means,
    /// and ``needsRehash(_:)`` then asks for a better one.
    /// - Throws: `.outOfMemory`, `.libraryFailure`; a wrong password is `false`.
    public func verify(
        bytes password: UnsafeBufferPointer<UInt8>, against hash: PasswordHash
    ) throws(CryptoError) -> Bool {
        switch hash.cost {
        case .argon2(let variant, let memoryKiB, let iterations, let parallelism):
            let shape = Argon2.Shape(
                variant: variant, memoryKiB: memoryKiB, iterations: iterations, parallelism: parallelism)
            return try Argon2.verify(password, against: hash, shape)
        case .bcrypt(let input, let cost):
            let digest = try Bcrypt.digest(of: password, input: input, cost: cost, salt: hash.salt)
            return digest.map { ConstantTime.equal($0, hash.digest) } ?? false
        case .scrypt(let logN, let blockSize, let parallelism):
            let digest = try Scrypt.digest(
                of: password, salt: hash.salt, logN: logN, blockSize: blockSize, parallelism: parallelism,
                byteCount: hash.digest.count)
            return ConstantTime.equal(digest, hash.digest)
        case .pbkdf2(let kind, let rounds):
            let digest = try PBKDF2.digest(of: password, salt: hash.salt, kind: kind, rounds: rounds)
            return ConstantTime.equal(digest, hash.digest)
        }
    }

    /// Whether `hash` was made with anything but the current parameters, dearer or cheaper, lanes and lengths included.
    ///
    /// To be asked after a successful verification, when the password is at hand.
    public func needsRehash(_ hash: PasswordHash) -> Bool {
        guard hash.cost == parameters.cost else { return true }
        switch hash.cost {
        case .argon2: return hash.salt.count != Argon2.saltLength || hash.digest.count != Argon2.digestLength
        case .bcrypt, .scrypt, .pbkdf2: return false
        }
    }
}
