// SPDX-License-Identifier: Apache-2.0

internal import CLibCrypto

extension AsymmetricKey {
    /// Whether the signature, in the form of JWS, is this key's over the message.
    ///
    /// The length must be exact; libcrypto alone would accept some RSA signatures with leading zeros cut or added.
    ///
    /// - Throws: `.libraryFailure` where the signature could not be checked.
    func isValid(
        _ signature: UnsafeBufferPointer<UInt8>, for message: UnsafeBufferPointer<UInt8>,
        _ algorithm: SignatureAlgorithm
    ) throws(KeyError) -> Bool {
        guard signature.count == signatureByteCount else { return false }
        switch algorithm.family {
        case .hmac: return false
        case .rsa, .edwards: return try verify(signature, message, algorithm)
        case .ellipticCurve:
            return try ECDSASignature.der(fromFixedLength: signature).withUnsafeBufferPointer {
                (signature) throws(KeyError) in try verify(signature, message, algorithm)
            }
        }
    }

    private func verify(
        _ signature: UnsafeBufferPointer<UInt8>, _ message: UnsafeBufferPointer<UInt8>, _ algorithm: SignatureAlgorithm
    ) throws(KeyError) -> Bool {
        let result = authd_signature_verify(
            pointer, algorithm.digestName, algorithm.isPSS ? 1 : 0, signature.baseAddress, signature.count,
            message.baseAddress, message.count)
        guard result >= 0 else { throw .libraryFailure }
        return result == 1
    }
}
