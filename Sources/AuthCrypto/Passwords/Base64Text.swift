// SPDX-License-Identifier: Apache-2.0

import CLibSodium

/// The Base64 forms that password hashes are written in. (Tokens use AuthCore's Base64URL.)
enum Base64Text {
    /// RFC 4648 §4 with padding, as Django writes it.
    case padded
    /// The same without padding, as PHC strings have it.
    case unpadded
    /// Without padding and with `.` for `+`, as passlib writes PBKDF2.
    case adapted
    /// bcrypt's own alphabet, without padding.
    case bcrypt

    /// Encodes `bytes`.
    func encode(_ bytes: [UInt8]) -> String {
        let capacity = sodium_base64_encoded_len(bytes.count, variant)
        var text = [CChar](repeating: 0, count: capacity)
        sodium_bin2base64(&text, capacity, bytes, bytes.count, variant)
        let standard = text.dropLast().map { UInt8(bitPattern: $0) }
        return String(decoding: standard.map(fromStandard), as: UTF8.self)
    }

    /// Decodes `text`; `nil` unless it is the one encoding of some bytes.
    func decode(_ text: Substring) -> [UInt8]? {
        var standard: [CChar] = []
        standard.reserveCapacity(text.utf8.count)
        for character in text.utf8 {
            // libsodium takes some bytes above 127 for digits.
            guard character < 0x80, let character = toStandard(character) else { return nil }
            standard.append(CChar(bitPattern: character))
        }
        var bytes = [UInt8](repeating: 0, count: standard.count)
        var count = 0
        let result = sodium_base642bin(
            &bytes, bytes.count, standard, standard.count, nil, &count, nil, variant)
        guard result == 0 else { return nil }
        return Array(bytes.prefix(count))
    }

    private var variant: Int32 {
        switch self {
        case .padded: sodium_base64_VARIANT_ORIGINAL
        case .unpadded, .adapted, .bcrypt: sodium_base64_VARIANT_ORIGINAL_NO_PADDING
        }
    }

    private func fromStandard(_ character: UInt8) -> UInt8 {
        switch self {
        case .padded, .unpadded: character
        case .adapted: character == UInt8(ascii: "+") ? UInt8(ascii: ".") : character
        case .bcrypt: Self.translate(character, from: Self.standardAlphabet, to: Self.bcryptAlphabet) ?? character
        }
    }

    private func toStandard(_ character: UInt8) -> UInt8? {
        switch self {
        case .padded, .unpadded: character
        case .adapted:
            switch character {
            case UInt8(ascii: "."): UInt8(ascii: "+")
            case UInt8(ascii: "+"): nil
            default: character
            }
        case .bcrypt: Self.translate(character, from: Self.bcryptAlphabet, to: Self.standardAlphabet)
        }
    }

    private static let standardAlphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    private static let bcryptAlphabet = Array("./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789".utf8)

    private static func translate(_ character: UInt8, from: [UInt8], to: [UInt8]) -> UInt8? {
        from.firstIndex(of: character).map { to[$0] }
    }
}
