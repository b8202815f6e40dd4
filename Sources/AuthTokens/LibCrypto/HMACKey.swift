// SPDX-License-Identifier: Apache-2.0

internal import AuthCore
internal import CLibCrypto
internal import Synchronization

/// An HMAC key whose schedule is computed once, usable from any number of threads.
///
/// A class because it owns libcrypto's contexts. Setting up a context costs several times what the MAC of a token does,
/// so that idle ones are kept.
final class HMACKey: Sendable {
    /// One `EVP_MAC_CTX` with the key in it; used by one caller at a time.
    private struct Context: @unchecked Sendable {
        // The pool hands a context to one caller, who gives it back or frees it: never two at once.
        let pointer: OpaquePointer
    }

    /// More than the threads that verify at once would be memory for nothing.
    private static let idleLimit = 16

    private let template: Context
    private let idle = Mutex<[Context]>([])
    let digestByteCount: Int

    /// Takes at least as many bytes as the digest has.
    ///
    /// - Throws: `.weak` for fewer bytes (RFC 7518 §3.2), `.algorithmMismatch` if the algorithm is no HMAC,
    ///   `.libraryFailure`.
    init(_ key: SecretOctets, _ algorithm: SignatureAlgorithm) throws(KeyError) {
        guard let digest = algorithm.digestForHMAC else { throw .algorithmMismatch }
        guard key.count >= digest.byteCount else { throw .weak }
        let made = key.withBytes { authd_hmac_new(digest.name, $0.baseAddress, $0.count) }
        guard let made else { throw .libraryFailure }
        template = Context(pointer: made)
        digestByteCount = digest.byteCount
    }

    deinit {
        idle.withLock { for context in $0 { EVP_MAC_CTX_free(context.pointer) } }
        EVP_MAC_CTX_free(template.pointer)
    }

    /// Whether the MAC is this key's over the message; the comparison takes the same time wherever they differ.
    ///
    /// - Throws: `.libraryFailure` where the MAC could not be computed.
    func isValid(
        _ mac: UnsafeBufferPointer<UInt8>, for message: UnsafeBufferPointer<UInt8>
    ) throws(KeyError) -> Bool {
        guard mac.count == digestByteCount else { return false }
        let isEqual = withMAC(of: message) { CRYPTO_memcmp($0.baseAddress, mac.baseAddress, mac.count) == 0 }
        guard let isEqual else { throw .libraryFailure }
        return isEqual
    }

    /// The MAC of the message.
    ///
    /// - Throws: `.libraryFailure`.
    func mac(of message: UnsafeBufferPointer<UInt8>) throws(KeyError) -> [UInt8] {
        guard let mac = withMAC(of: message, { Array($0) }) else { throw .libraryFailure }
        return mac
    }

    /// A name for the key that reveals nothing about the secret to a party that cannot compute the MAC.
    ///
    /// - Throws: `.libraryFailure`.
    func derivedID() throws(KeyError) -> String {
        let label = Array("authd key id".utf8)
        let mac = try label.withUnsafeBufferPointer { (label) throws(KeyError) in try self.mac(of: label) }
        return Base64URL.encode(mac.prefix(16))
    }

    private func withMAC<R>(
        of message: UnsafeBufferPointer<UInt8>, _ body: (UnsafeRawBufferPointer) -> R
    ) -> R? {
        guard let context = takeContext() else { return nil }
        defer { giveBack(context) }
        return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 64) { mac in
            let count = authd_hmac_once(
                context.pointer, message.baseAddress, message.count, mac.baseAddress, mac.count)
            guard count == digestByteCount else { return nil }
            return body(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(mac)[..<count]))
        }
    }

    private func takeContext() -> Context? {
        if let context = idle.withLock({ $0.popLast() }) { return context }
        // The template is only ever read, so that copying it needs no lock.
        return EVP_MAC_CTX_dup(template.pointer).map(Context.init)
    }

    private func giveBack(_ context: Context) {
        let isKept = idle.withLock { contexts in
            guard contexts.count < Self.idleLimit else { return false }
            contexts.append(context)
            return true
        }
        if !isKept { EVP_MAC_CTX_free(context.pointer) }
    }
}
