// SPDX-License-Identifier: Apache-2.0

internal import CLibCrypto

/// Signs with one asymmetric key and one algorithm, usable from any number of threads.
///
/// A class because it owns libcrypto's context. Preparing a context costs a fifth of what an ECDSA signature does, so each
/// signature is made with a copy of one that is ready.
final class MessageSigner: Sendable {
    // An `EVP_MD_CTX` that is only ever read after `init`, so that copying it needs no lock.
    nonisolated(unsafe) private let ready: OpaquePointer
    private let family: SignatureAlgorithm.Family
    private let signatureByteCount: Int

    /// Prepares a context, which keeps libcrypto's key for as long as it needs it.
    ///
    /// - Throws: `.algorithmMismatch` for HMAC, `.libraryFailure`.
    init(_ key: AsymmetricKey, _ algorithm: SignatureAlgorithm) throws(KeyError) {
        if case .hmac = algorithm.family { throw .algorithmMismatch }
        guard let made = authd_signature_new(key.pointer, algorithm.digestName, algorithm.isPSS ? 1 : 0) else {
            throw .libraryFailure
        }
        ready = made
        family = algorithm.family
        signatureByteCount = key.signatureByteCount
    }

    deinit {
        EVP_MD_CTX_free(ready)
    }

    /// Signs in the form of JWS.
    ///
    /// - Throws: `.libraryFailure`.
    func signature(for message: UnsafeBufferPointer<UInt8>) throws(KeyError) -> [UInt8] {
        // DER adds at most nine bytes to an ECDSA signature.
        var made = [UInt8](repeating: 0, count: signatureByteCount + 16)
        let count = authd_signature_sign(ready, message.baseAddress, message.count, &made, made.count)
        guard count > 0 else { throw .libraryFailure }
        made.removeLast(made.count - count)
        switch family {
        case .hmac: throw .algorithmMismatch
        case .rsa, .edwards: return made
        case .ellipticCurve(let curve):
            guard let fixed = ECDSASignature.fixedLength(fromDER: made, coordinateByteCount: curve.coordinateByteCount)
            else { throw .libraryFailure }
            return fixed
        }
    }
}
