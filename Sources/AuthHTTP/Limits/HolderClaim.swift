// SPDX-License-Identifier: Apache-2.0

package import AuthService

/// What a request presents to be counted by itself and not with its source.
package struct HolderClaim: Sendable {
    /// The session or device of an authentic token.
    let holder: LimitHolder
    /// Whether the request is about the holder's own user, where the token alone does not make it so.
    ///
    /// Asked after the request was counted against the holder, as it costs a query. If the answer is no, the request is
    /// counted against its source as well: a device token must not help with guessing at other users.
    var isOwn: (@Sendable () async -> Bool)?

    package init(holder: LimitHolder, isOwn: (@Sendable () async -> Bool)? = nil) {
        self.holder = holder
        self.isOwn = isOwn
    }

    /// The longest body in which a token is looked for.
    ///
    /// It is read before the limit is applied, so it must cost little; a longer one is counted against its source.
    static let longestBody = 4_096

    /// Whether a body is worth reading: it is short enough, and holds what every token of a kind begins with.
    package static func mayHold(_ prefix: StaticString, _ body: [UInt8]) -> Bool {
        guard body.count <= longestBody, prefix.utf8CodeUnitCount > 0 else { return false }
        return prefix.withUTF8Buffer { prefix in
            var matched = 0
            for octet in body {
                // No prefix repeats its first octet.
                matched = octet == prefix[matched] ? matched + 1 : octet == prefix[0] ? 1 : 0
                if matched == prefix.count { return true }
            }
            return false
        }
    }
}
