// SPDX-License-Identifier: Apache-2.0

/// What passwords are hashed with: an algorithm and a cost that is neither too cheap nor too dear.
public struct HashingParameters: Hashable, Sendable {
    /// The algorithms that new hashes are made with, the cost checked.
    enum Algorithm: Hashable {
        case argon2id(memoryKiB: Int, iterations: Int)
        case bcrypt(cost: Int)
    }

    let algorithm: Algorithm

    /// The cost of every hash made with these parameters.
    public var cost: PasswordHashCost {
        switch algorithm {
        case .argon2id(let memoryKiB, let iterations):
            .argon2(.argon2id, memoryKiB: memoryKiB, iterations: iterations, parallelism: 1)
        case .bcrypt(let cost):
            .bcrypt(.keyedDigest, cost: cost)
        }
    }

    /// Argon2id with 19 MiB, two iterations and one lane: the first choice of the OWASP cheat sheet.
    public static let standard = HashingParameters(algorithm: .argon2id(memoryKiB: 19_456, iterations: 2))

    /// Argon2id with one lane.
    ///
    /// - Throws: `.costOutOfBounds` below 7 MiB or below the work of 7 MiB × 5 iterations (the least that OWASP
    ///   names), above 256 MiB or above 16 iterations.
    public static func argon2id(memoryKiB: Int, iterations: Int) throws(PasswordHashError) -> HashingParameters {
        let parameters = HashingParameters(algorithm: .argon2id(memoryKiB: memoryKiB, iterations: iterations))
        guard parameters.cost.isWithinBounds, memoryKiB >= 7168, memoryKiB * iterations >= 5 * 7168 else {
            throw .costOutOfBounds
        }
        return parameters
    }

    /// bcrypt over a keyed digest, so that no password is cut short (`$bcrypt-sha256$v=2`).
    ///
    /// - Throws: `.costOutOfBounds` unless `cost` is from 10 to 16.
    public static func bcrypt(cost: Int) throws(PasswordHashError) -> HashingParameters {
        guard (10...16).contains(cost) else { throw .costOutOfBounds }
        return HashingParameters(algorithm: .bcrypt(cost: cost))
    }

    private init(algorithm: Algorithm) {
        self.algorithm = algorithm
    }
}
