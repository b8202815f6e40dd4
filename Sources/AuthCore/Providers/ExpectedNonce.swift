// SPDX-License-Identifier: Apache-2.0

/// The nonce that an id token must carry.
public enum ExpectedNonce: Hashable, Sendable {
    /// This one.
    case exactly(String)
    /// One of these: the nonce, and what an SDK makes of it.
    case oneOf([String])
    /// None: the token must carry none.
    case absent

    /// Whether a claim is the expected nonce, by octets; no claim is where none is expected.
    public func accepts(_ nonce: String) -> Bool {
        switch self {
        case .exactly(let expected): expected.hasSameOctets(as: nonce)
        case .oneOf(let expected): expected.contains { $0.hasSameOctets(as: nonce) }
        case .absent: false
        }
    }
}
