// SPDX-License-Identifier: Apache-2.0

/// Every key that one root key gives: 32 bytes for each purpose.
///
/// Deriving happens once, when the value is made; asking for a key costs nothing and cannot fail.
public struct DerivedKeys: Sendable {
    private let sealing, refreshToken, sourceDigest, identifierDigest: SecretBytes
    private let oneTimeToken, rootKeyCheck, dummyHash, limiterDigest, deviceToken: SecretBytes
    private let decoyUser, mailIdentifier, providerFlow, supabase: SecretBytes

    /// Derives all keys by HKDF-SHA-256 without salt, the purpose's label as info.
    ///
    /// - Throws: `.libraryFailure(.hkdf)`.
    public init(root: RootKey) throws(CryptoError) {
        func derive(_ purpose: KeyPurpose) throws(CryptoError) -> SecretBytes {
            try HKDF.deriveKey(from: root.bytes, salt: [], info: Array(purpose.label.utf8), byteCount: 32)
        }
        sealing = try derive(.sealing)
        refreshToken = try derive(.refreshToken)
        sourceDigest = try derive(.sourceDigest)
        identifierDigest = try derive(.identifierDigest)
        oneTimeToken = try derive(.oneTimeToken)
        rootKeyCheck = try derive(.rootKeyCheck)
        dummyHash = try derive(.dummyHash)
        limiterDigest = try derive(.limiterDigest)
        deviceToken = try derive(.deviceToken)
        decoyUser = try derive(.decoyUser)
        mailIdentifier = try derive(.mailIdentifier)
        providerFlow = try derive(.providerFlow)
        supabase = try derive(.supabase)
    }

    /// The key for `purpose`.
    public subscript(purpose: KeyPurpose) -> SecretBytes {
        switch purpose {
        case .sealing: sealing
        case .refreshToken: refreshToken
        case .sourceDigest: sourceDigest
        case .identifierDigest: identifierDigest
        case .oneTimeToken: oneTimeToken
        case .rootKeyCheck: rootKeyCheck
        case .dummyHash: dummyHash
        case .limiterDigest: limiterDigest
        case .deviceToken: deviceToken
        case .decoyUser: decoyUser
        case .mailIdentifier: mailIdentifier
        case .providerFlow: providerFlow
        case .supabase: supabase
        }
    }

    /// The value that the store keeps to recognise the root key, as 64 hexadecimal digits.
    ///
    /// It tells nothing about the key.
    public var rootKeyCheckValue: String {
        let code = HMACSHA256(key: rootKeyCheck).authenticationCode(for: Array("root key".utf8))
        return code.map { byte in
            let digits = String(byte, radix: 16)
            return byte < 16 ? "0" + digits : digits
        }.joined()
    }
}
