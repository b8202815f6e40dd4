// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthTokens
import Testing

/// Makes tokens of any text, with a good signature of whichever key it was given.
struct Forger {
    /// The key that a service in memory signs with where it is given none.
    static let sharedSecret = [UInt8](0..<64)

    let key: SigningKey

    /// Signs with the service's own secret: what is refused then is refused for what it says.
    init() throws {
        key = try SigningKey(secret: Self.sharedSecret)
    }

    init(_ key: SigningKey) {
        self.key = key
    }

    func token(header: String, payload: String) throws -> String {
        try token(header: header, payload: Array(payload.utf8))
    }

    func token(header: String, payload: [UInt8]) throws -> String {
        let input = Base64URL.encode(header.utf8) + "." + Base64URL.encode(payload)
        return input + "." + Base64URL.encode(try key.signature(for: Array(input.utf8)))
    }

    /// What a token says, as it stands in it.
    static func parts(of token: String) throws -> (header: String, payload: String) {
        let parts = try token.split(separator: ".").map { part in
            String(decoding: try #require(Base64URL.decode(part.utf8)), as: UTF8.self)
        }
        try #require(parts.count == 3)
        return (parts[0], parts[1])
    }

    /// The claims of a token, unchecked.
    static func claims(of token: String) throws -> JSONObject {
        try #require(try JSONReader.read(Array(parts(of: token).payload.utf8)).objectValue)
    }
}
