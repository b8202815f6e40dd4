// SPDX-License-Identifier: Apache-2.0

import AuthCrypto

/// The secrets by which services may follow the change feed, several so that one can be replaced without an
/// interruption.
///
/// Only their digests are kept. The operator must choose secrets that cannot be guessed: guessing is not slowed down
/// here.
public struct ChangeFeedSecrets: Sendable {
    /// The longest text that is compared.
    private static let maximumBytes = 1_024

    private let digests: [[UInt8]]

    /// Takes secrets in clear; without any, no service may follow the feed.
    public init(_ secrets: [String] = []) {
        digests = secrets.map { SHA256.digest(Array($0.utf8)) }
    }

    /// Whether the text is one of the secrets; the time that this takes reveals nothing about them.
    public func contains(_ presented: String) -> Bool {
        guard presented.utf8.count <= Self.maximumBytes else { return false }
        let digest = SHA256.digest(Array(presented.utf8))
        var isKnown = false
        for known in digests where ConstantTime.equal(known, digest) { isKnown = true }
        return isKnown
    }
}

extension ChangeFeedSecrets: CustomStringConvertible, CustomReflectable {
    /// How many there are, and nothing of them.
    public var description: String { "\(digests.count) feed secrets" }
    /// Without the digests, so that no dump shows them.
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}
