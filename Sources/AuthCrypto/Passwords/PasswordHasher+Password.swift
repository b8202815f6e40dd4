// SPDX-License-Identifier: Apache-2.0

public import AuthCore

extension PasswordHasher {
    /// Hashes `password` with a fresh salt; as ``hash(bytes:random:)``.
    ///
    /// - Throws: `.libraryFailure`.
    public func hash(_ password: Password, random: some RandomSource) throws(CryptoError) -> PasswordHash {
        try password.withBytes { (bytes) throws(CryptoError) in try hash(bytes: bytes, random: random) }
    }

    /// Whether `password` is the one that `hash` was made from; as ``verify(bytes:against:)``.
    ///
    /// - Throws: `.libraryFailure`.
    public func verify(_ password: Password, against hash: PasswordHash) throws(CryptoError) -> Bool {
        try password.withBytes { (bytes) throws(CryptoError) in try verify(bytes: bytes, against: hash) }
    }
}
