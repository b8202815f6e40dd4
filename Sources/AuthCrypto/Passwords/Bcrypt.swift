// SPDX-License-Identifier: Apache-2.0

import CLibCrypt
import CLibSodium

/// bcrypt by libcrypt.
///
/// Blocks for as long as the cost says.
enum Bcrypt {
    /// How much of its input bcrypt sees.
    static let inputLimit = 72
    static let saltByteCount = 16
    static let digestByteCount = 23

    /// Computes the 31 characters of the hash, or `nil` if bcrypt cannot tell `password` from a shorter one because it
    /// holds a zero byte; the work is done all the same.
    ///
    /// - Throws: `.outOfMemory(.bcrypt)`, `.libraryFailure(.bcrypt)`.
    static func digest(
        of password: UnsafeBufferPointer<UInt8>, input: BcryptInput, cost: Int, salt: [UInt8]
    ) throws(CryptoError) -> [UInt8]? {
        var phrase = [UInt8](repeating: 0, count: inputLimit + 1)
        defer { sodium_memzero(&phrase, phrase.count) }
        let length: Int
        switch input {
        case .password: length = copy(password, to: &phrase)
        case .keyedDigest:
            let code = HMACSHA256(key: SecretBytes(salt)).authenticationCode(for: password)
            length = copy(Base64Text.padded.encode(code).utf8, to: &phrase)
        case .digest: length = copy(Base64Text.padded.encode(SHA256.digest(password)).utf8, to: &phrase)
        case .hexadecimalDigest:
            let digits = Array("0123456789abcdef".utf8)
            let text = SHA256.digest(password).flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
            length = copy(text, to: &phrase)
        }

        // `$2a$` and `$2y$` are computed as `$2b$`: they differ only in bugs of old writers.
        let setting = setting(cost: cost, salt: String(decoding: salt, as: UTF8.self))
        var output = [CChar](repeating: 0, count: 64)
        let result = phrase.withUnsafeBufferPointer { phrase in
            phrase.withMemoryRebound(to: CChar.self) { phrase in
                authd_crypt(phrase.baseAddress, setting, &output, output.count)
            }
        }
        guard result >= 0 else { throw .outOfMemory(.bcrypt) }
        let text = output.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
        guard result == 1, text.count == 60 else { throw .libraryFailure(.bcrypt) }
        guard !phrase.prefix(length).contains(0) else { return nil }
        return Array(text.suffix(31))
    }

    /// The head of a bcrypt hash: `$2b$12$` and the salt.
    static func setting(cost: Int, salt: String) -> String {
        "$2b$" + (cost < 10 ? "0" : "") + "\(cost)$" + salt
    }

    static func isInAlphabet(_ character: UInt8) -> Bool {
        switch character {
        case UInt8(ascii: "."), UInt8(ascii: "/"), UInt8(ascii: "0")...UInt8(ascii: "9"),
            UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"):
            true
        default: false
        }
    }

    /// Copies as much as bcrypt sees and answers how much that is.
    private static func copy(_ source: some Collection<UInt8>, to phrase: inout [UInt8]) -> Int {
        for (index, byte) in source.prefix(inputLimit).enumerated() { phrase[index] = byte }
        return min(source.count, inputLimit)
    }
}
