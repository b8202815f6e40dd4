// SPDX-License-Identifier: Apache-2.0

internal import AuthCore

/// The keys that tokens are checked with, by `kid`.
///
/// A class because its identity is what tells a cache of verified tokens whether the keys are still the same; it never
/// changes.
public final class VerificationKeySet: Sendable {
    /// The keys in the order given.
    public let keys: [VerificationKey]

    /// Why keys of a JWK set are not among them.
    public let ignored: [KeyError]

    private let byID: [WireText: VerificationKey]

    /// The headers of the issuer's own access tokens, encoded, in the order of ``keys``.
    private let headers: [[UInt8]]

    /// Collects keys.
    ///
    /// - Throws: `.duplicateKeyID`: which of two keys a token means must never be open.
    public convenience init(_ keys: [VerificationKey]) throws(KeyError) {
        try self.init(keys, ignored: [])
    }

    /// Makes the keys of a JWK set usable.
    ///
    /// Keys that are for something else, or too weak, are left out. `algorithm` is what the keys without `alg` are for;
    /// `nil` takes what their type implies.
    ///
    /// - Throws: `.duplicateKeyID`.
    public convenience init(_ set: JWKSet, algorithm: SignatureAlgorithm? = nil) throws(KeyError) {
        var keys: [VerificationKey] = []
        var ignored = set.ignored
        for jwk in set.keys {
            do throws(KeyError) {
                keys.append(try VerificationKey(jwk, algorithm: jwk.algorithm == nil ? algorithm : nil))
            } catch {
                ignored.append(error)
            }
        }
        try self.init(keys, ignored: ignored)
    }

    private init(_ keys: [VerificationKey], ignored: [KeyError]) throws(KeyError) {
        self.keys = keys
        self.ignored = ignored
        byID = Dictionary(keys.map { (WireText($0.id), $0) }) { first, _ in first }
        headers = keys.map(\.accessTokenHeader)
        guard byID.count == keys.count else { throw .duplicateKeyID }
    }

    private init() {
        keys = []
        ignored = []
        byID = [:]
        headers = []
    }

    /// No keys: every token is refused.
    public static let empty = VerificationKeySet()

    /// The key that a token means.
    ///
    /// - Parameter id: The token's `kid`; a token without one means the only key there is.
    /// - Returns: `nil` if no key has the `kid`, or there is none and not exactly one key.
    public func key(forID id: String?) -> VerificationKey? {
        guard let id else { return keys.count == 1 ? keys.first : nil }
        return byID[WireText(id)]
    }

    /// The key whose access tokens have exactly this encoded header.
    func key(forAccessTokenHeader encoded: UnsafeBufferPointer<UInt8>) -> VerificationKey? {
        headers.firstIndex { $0.hasSameBytes(as: encoded) }.map { keys[$0] }
    }
}
