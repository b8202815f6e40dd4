// SPDX-License-Identifier: Apache-2.0

import AuthTokens

/// One generated key an algorithm, shared by all tests.
enum TestKeys {
    static func key(_ algorithm: SignatureAlgorithm) throws -> SigningKey {
        guard let key = all[algorithm] else { throw KeyError.unsupported }
        return try key.get()
    }

    private static let all: [SignatureAlgorithm: Result<SigningKey, KeyError>] = {
        let rsa = made { () throws(KeyError) in try SigningKey(generating: .rs256) }
        var keys: [SignatureAlgorithm: Result<SigningKey, KeyError>] = [:]
        for algorithm in SignatureAlgorithm.allCases {
            switch algorithm {
            case .rs256, .rs384, .rs512, .ps256, .ps384, .ps512:
                // Searching for primes takes long: one RSA key lends its numbers to all six algorithms.
                keys[algorithm] = rsa.flatMap { key in
                    let jwk = String(decoding: key.privateJWK(), as: UTF8.self)
                        .replacing(#""alg":"RS256""#, with: #""alg":"\#(algorithm.rawValue)""#)
                    return made { () throws(KeyError) in try SigningKey(JSONWebKey(Array(jwk.utf8))) }
                }
            case .hs256, .hs384, .hs512, .es256, .es384, .es512, .edDSA:
                keys[algorithm] = made { () throws(KeyError) in try SigningKey(generating: algorithm) }
            }
        }
        return keys
    }()

    private static func made(_ make: () throws(KeyError) -> SigningKey) -> Result<SigningKey, KeyError> {
        do throws(KeyError) { return .success(try make()) } catch { return .failure(error) }
    }
}
