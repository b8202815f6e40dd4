// SPDX-License-Identifier: Apache-2.0

/// The algorithm of a password hash and the work it takes: all that may be known about a hash without its salt.
public enum PasswordHashCost: Hashable, Sendable {
    /// Argon2 version 1.3 (RFC 9106), `memoryKiB` for all lanes together.
    case argon2(Argon2Variant, memoryKiB: Int, iterations: Int, parallelism: Int)
    /// bcrypt with 2^`cost` rounds over `input`.
    case bcrypt(BcryptInput, cost: Int)
    /// scrypt (RFC 7914) with N = 2^`logN`.
    case scrypt(logN: Int, blockSize: Int, parallelism: Int)
    /// PBKDF2 (RFC 8018) with the HMAC of `digest`, one block long.
    case pbkdf2(PBKDF2Digest, rounds: Int)

    /// The name of the algorithm, from a closed set: fit for a metric label or an administrator's view.
    public var algorithmName: String {
        switch self {
        case .argon2(let variant, _, _, _): variant.rawValue
        case .bcrypt(let input, _): input.rawValue
        case .scrypt: "scrypt"
        case .pbkdf2(let digest, _): digest.rawValue
        }
    }

    /// Whether this process is willing to compute it.
    ///
    /// A stored hash that asks for more would let an attacker who wrote it stop the service. The bounds:
    /// Argon2 8 KiB per lane to 256 MiB, 1 to 16 iterations and lanes; bcrypt cost 4 to 16; scrypt 256 MiB,
    /// r and p at most 32 and 16, N·r·p at most 2^22; PBKDF2 5,000,000 rounds.
    /// The dearest of each takes seconds, not minutes, on one core.
    public var isWithinBounds: Bool {
        switch self {
        case .argon2(_, let memoryKiB, let iterations, let parallelism):
            return (1...16).contains(parallelism) && (1...16).contains(iterations)
                && (8 * parallelism...262_144).contains(memoryKiB)
        case .bcrypt(_, let cost):
            return (4...16).contains(cost)
        case .scrypt(let logN, let blockSize, let parallelism):
            guard (1...20).contains(logN), (1...32).contains(blockSize), (1...16).contains(parallelism) else {
                return false
            }
            let memory = 128 * blockSize << logN
            // RFC 7914 §2: N is less than 2^(128·r/8).
            return memory <= 268_435_456 && (blockSize * parallelism) << logN <= 4_194_304 && logN < 16 * blockSize
        case .pbkdf2(_, let rounds):
            return (1...5_000_000).contains(rounds)
        }
    }
}

/// The two kinds of Argon2 found in password stores.
public enum Argon2Variant: String, Hashable, Sendable, CaseIterable {
    /// The one to use: resists both side channels and trade-off attacks.
    case argon2id
    /// The one of older stores.
    case argon2i
}

/// What is fed to bcrypt, which itself sees no more than 72 bytes and stops at a zero byte.
public enum BcryptInput: String, Hashable, Sendable, CaseIterable {
    /// The password as it is, cut after 72 bytes: `$2a$`, `$2b$`, `$2y$`.
    case password = "bcrypt"
    /// Base64 of HMAC-SHA-256 under the salt's text: `$bcrypt-sha256$v=2`, defined by passlib. What authd writes.
    case keyedDigest = "bcrypt-sha256"
    /// Base64 of SHA-256: passlib's first `$bcrypt-sha256$`.
    case digest = "bcrypt-sha256-v1"
    /// SHA-256 in hexadecimal: Django's `bcrypt_sha256$`.
    case hexadecimalDigest = "django-bcrypt-sha256"
}

/// The digests that PBKDF2 is found with.
public enum PBKDF2Digest: String, Hashable, Sendable, CaseIterable {
    /// SHA-1, in old stores only.
    case sha1 = "pbkdf2-sha1"
    /// SHA-256.
    case sha256 = "pbkdf2-sha256"
    /// SHA-512.
    case sha512 = "pbkdf2-sha512"

    /// The length of the derived key in bytes.
    var byteCount: Int {
        switch self {
        case .sha1: 20
        case .sha256: 32
        case .sha512: 64
        }
    }
}
