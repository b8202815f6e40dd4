// SPDX-License-Identifier: Apache-2.0

public import AuthCore

extension PasswordHasher {
    /// Hashes `password` with a fresh salt; as ``hash(bytes:random:)``.
    ///
    /// - Throws: `.outOfMemory`, `.libraryFailure`.
    public func hash(_ password: Password, random: some RandomSource) throws(CryptoError) -> PasswordHash {
        try password.withBytes { (bytes) throws(CryptoError) in try hash(bytes: bytes, random: random) }
    }

    /// Whether `password` is the one that `hash` was made from.
    ///
    /// Its NFC is tried first; where the client sent other octets than those, they are tried too, because the hash may come
    /// from a system that hashes what was typed. The cost is at most two verifications, and depends on what the client
    /// sent and on the hash's cost alone, so that a dummy hash takes as long as a real one that does not match.
    /// - Throws: `.outOfMemory` and `.libraryFailure`, neither of which is a wrong password.
    public func match(_ password: Password, against hash: PasswordHash) throws(CryptoError) -> PasswordMatch {
        let isNormalized = try password.withBytes { (bytes) throws(CryptoError) in
            try verify(bytes: bytes, against: hash)
        }
        if isNormalized { return .normalized }
        let isPresented = try password.withPresentedBytes { (bytes) throws(CryptoError) in
            try verify(bytes: bytes, against: hash)
        }
        return isPresented == true ? .asPresented : .none
    }

    /// Whether `password` is the one that `hash` was made from, in either form; as ``match(_:against:)``.
    ///
    /// - Throws: `.outOfMemory` and `.libraryFailure`, neither of which is a wrong password.
    public func verify(_ password: Password, against hash: PasswordHash) throws(CryptoError) -> Bool {
        try match(password, against: hash).isMatch
    }
}
