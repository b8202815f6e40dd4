// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthCrypto

/// Handles of flows.
///
/// The text is `afh_` + base64url(random 32 ‖ HMAC 16): an invalid one is rejected without a query. The store has a keyed digest
/// of the random part.
extension OneTimeSecrets {
    private static let handlePrefix = "afh_"
    private static let handleLength = 32
    private static let handleMACLength = 16

    /// A new handle, and what names its flow in the store.
    func makeHandle(random: any RandomSource) -> (handle: FlowHandle, id: FlowID) {
        let content = random.bytes(count: Self.handleLength)
        let mac = keys.authenticationCode(for: Self.label("flow mac") + content).prefix(Self.handleMACLength)
        return (
            FlowHandle(Self.handlePrefix + Base64URL.encode(content + mac)),
            Self.flowID(of: content, under: keys.current)
        )
    }

    /// What names the flow of a presented handle; `nil` if authd did not make it.
    func flow(of text: String) -> FlowID? {
        guard text.utf8.starts(with: Self.handlePrefix.utf8), text.utf8.count < 100,
            let octets = Base64URL.decode(text.utf8.dropFirst(Self.handlePrefix.utf8.count)),
            octets.count == Self.handleLength + Self.handleMACLength
        else { return nil }
        let content = Array(octets.prefix(Self.handleLength))
        for key in keys.all {
            let mac = key.authenticationCode(for: Self.label("flow mac") + content).prefix(Self.handleMACLength)
            if ConstantTime.equal(mac, octets.suffix(Self.handleMACLength)) {
                return Self.flowID(of: content, under: key)
            }
        }
        return nil
    }

    private static func flowID(of content: [UInt8], under key: HMACSHA256) -> FlowID {
        FlowID(key.authenticationCode(for: label("flow digest") + content))
    }
}

/// Codes.
///
/// A code is made of the same random octets as the token that it stands beside, at delivery, and is stored nowhere. A guess
/// has 1 chance in 30⁸, and a flow allows five.
extension OneTimeSecrets {
    /// Digits and letters, without those that look alike.
    private static let alphabet = Array("23456789ABCDEFGHJKMNPQRSTVWXYZ".utf8)
    private static let codeLength = 8
    private static let digits = Array("0123456789".utf8)
    /// How many digits a code of Supabase's API can have, by the settings of now or of before.
    static let digitCounts = 6...10
    /// What is longer is no code.
    private static let longestTypedCode = 64

    /// The code beside a user's token; `nil` where the key that the token was made under is gone.
    func code(of token: OutboxToken, for purpose: OneTimeTokenPurpose, of userID: UserID) -> MailToken? {
        key(of: token, for: purpose, of: userID).map { key in
            let drawn = symbols(of: token.content, for: purpose, of: userID, under: key)
            guard purpose != .supabase else { return MailToken(String(decoding: drawn, as: UTF8.self)) }
            let text = drawn.prefix(Self.codeLength / 2) + [UInt8(ascii: "-")] + drawn.suffix(Self.codeLength / 2)
            return MailToken(String(decoding: text, as: UTF8.self))
        }
    }

    /// What the store has of the code beside a token that was just made.
    func codeDigest(of token: OutboxToken, for purpose: OneTimeTokenPurpose, of userID: UserID) -> [UInt8] {
        let drawn = symbols(of: token.content, for: purpose, of: userID, under: keys.current)
        return Self.codeDigest(of: drawn, for: purpose, under: keys.current)
    }

    /// The digests that a typed code has under each key; none where the text is no code.
    ///
    /// Case, blanks and hyphens make no difference. A code of Supabase's API is digits alone.
    func codeDigests(ofTyped text: String, for purpose: OneTimeTokenPurpose) -> [[UInt8]] {
        guard text.utf8.count <= Self.longestTypedCode else { return [] }
        guard purpose != .supabase else {
            let digits = Array(TypedText.trimmed(text).utf8)
            guard Self.digitCounts.contains(digits.count), digits.allSatisfy(Self.digits.contains) else { return [] }
            return keys.all.map { Self.codeDigest(of: digits, for: purpose, under: $0) }
        }
        let symbols = text.utf8.filter { ![UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "-")].contains($0) }
            .map { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) ? $0 & 0xDF : $0 }
        guard symbols.count == Self.codeLength, symbols.allSatisfy(Self.alphabet.contains) else { return [] }
        return keys.all.map { Self.codeDigest(of: symbols, for: purpose, under: $0) }
    }

    /// A symbol of each 64 bits: none is likelier than another by more than 2⁻⁵⁹ of its chance.
    private func symbols(
        of content: [UInt8], for purpose: OneTimeTokenPurpose, of userID: UserID, under key: HMACSHA256
    ) -> [UInt8] {
        let isDigits = purpose == .supabase
        let alphabet = isDigits ? Self.digits : Self.alphabet
        let length = isDigits ? supabaseDigits : Self.codeLength
        let octets = Self.octets(content, for: purpose, of: userID)
        let draw = (0..<(length + 3) / 4).flatMap { index in
            key.authenticationCode(for: Self.label("code") + [UInt8(index)] + octets)
        }
        return (0..<length).map { index in
            let number = draw[index * 8..<index * 8 + 8].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            return alphabet[Int(number % UInt64(alphabet.count))]
        }
    }

    private static func codeDigest(
        of symbols: [UInt8], for purpose: OneTimeTokenPurpose, under key: HMACSHA256
    ) -> [UInt8] {
        key.authenticationCode(for: label("code digest") + Array(purpose.rawValue.utf8) + [0] + symbols)
    }
}
