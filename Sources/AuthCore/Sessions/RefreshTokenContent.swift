// SPDX-License-Identifier: Apache-2.0

/// The content of a refresh token, before its authenticity has been checked.
///
/// The text is `art_` or `asr_` + base64url(key id 4 ‖ user id 16 ‖ session id 16 ‖ counter 8 ‖ HMAC-SHA-256 32). The
/// prefix lets secret scanners recognise a leaked one; the key id names the MAC key; the user id lets a sharded store go
/// straight to the row. A reader of the database cannot make one from what is stored.
public struct RefreshTokenContent: Hashable, Sendable {
    /// What every refresh token begins with.
    public static let prefix = "art_"
    /// What those of Supabase's API begin with instead, so that neither API takes a token of the other's; as long.
    public static let supabasePrefix = "asr_"
    /// The number of characters of every refresh token.
    public static let length = 4 + (76 * 8 + 5) / 6

    /// Names the key of the MAC: the first octets of its own digest.
    public let keyID: UInt32
    /// Whose session it is.
    public let userID: UserID
    /// Which session it refreshes.
    public let sessionID: SessionID
    /// Which use of the session it is, from zero.
    public let counter: Int64

    /// Describes the token that the session's `counter` stands for.
    public init(keyID: UInt32, userID: UserID, sessionID: SessionID, counter: Int64) {
        self.keyID = keyID
        self.userID = userID
        self.sessionID = sessionID
        self.counter = counter
    }

    /// The octets that the MAC covers.
    public var authenticatedOctets: [UInt8] {
        var octets: [UInt8] = []
        octets.reserveCapacity(44)
        octets.append(bigEndian: keyID)
        octets += userID.uuid.octets
        octets += sessionID.uuid.octets
        octets.append(bigEndian: counter)
        return octets
    }

    /// The text form, given the MAC of ``authenticatedOctets``.
    public func text(mac: some Sequence<UInt8>, prefix: String = RefreshTokenContent.prefix) -> String {
        prefix + Base64URL.encode(authenticatedOctets + mac)
    }

    /// Reads a presented token that begins with `prefix`; `nil` for anything that authd cannot have issued.
    ///
    /// - Returns: The content and the MAC that was presented with it, which the caller must compare in constant time.
    public static func parse(
        _ text: String, prefix: String = RefreshTokenContent.prefix
    ) -> (content: RefreshTokenContent, mac: [UInt8])? {
        let octets = text.utf8
        guard octets.count == length, octets.starts(with: prefix.utf8),
            let decoded = Base64URL.decode(octets.dropFirst(prefix.utf8.count)), decoded.count == 76,
            let user = UUIDv7(octets: decoded[4..<20]), let session = UUIDv7(octets: decoded[20..<36])
        else { return nil }
        let keyID = decoded[0..<4].reduce(0) { $0 << 8 | UInt32($1) }
        let counter = Int64(bitPattern: decoded[36..<44].reduce(0) { $0 << 8 | UInt64($1) })
        guard counter >= 0 else { return nil }
        let content = RefreshTokenContent(
            keyID: keyID, userID: UserID(user), sessionID: SessionID(session), counter: counter)
        return (content, Array(decoded[44...]))
    }
}
