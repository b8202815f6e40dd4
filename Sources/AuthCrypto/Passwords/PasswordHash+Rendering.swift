// SPDX-License-Identifier: Apache-2.0

extension PasswordHash {
    /// The form that authd gives a hash.
    static func text(cost: PasswordHashCost, salt: [UInt8], digest: [UInt8]) -> String {
        switch cost {
        case .argon2(let variant, let memoryKiB, let iterations, let parallelism):
            let parameters = "m=\(memoryKiB),t=\(iterations),p=\(parallelism)"
            let encodings = "\(Base64Text.unpadded.encode(salt))$\(Base64Text.unpadded.encode(digest))"
            return "$\(variant.rawValue)$v=19$\(parameters)$\(encodings)"
        case .bcrypt(let input, let cost):
            // Both parts are bcrypt's characters already.
            let salt = String(decoding: salt, as: UTF8.self)
            let digest = String(decoding: digest, as: UTF8.self)
            return switch input {
            case .password: Bcrypt.setting(cost: cost, salt: salt) + digest
            case .keyedDigest: "$bcrypt-sha256$v=2,t=2b,r=\(cost)$\(salt)$\(digest)"
            case .digest: "$bcrypt-sha256$2b,\(cost)$\(salt)$\(digest)"
            case .hexadecimalDigest: "bcrypt_sha256$" + Bcrypt.setting(cost: cost, salt: salt) + digest
            }
        case .scrypt(let logN, let blockSize, let parallelism):
            let encodings = "\(Base64Text.unpadded.encode(salt))$\(Base64Text.unpadded.encode(digest))"
            return "$scrypt$ln=\(logN),r=\(blockSize),p=\(parallelism)$\(encodings)"
        case .pbkdf2(let kind, let rounds):
            let scheme =
                switch kind {
                case .sha1: "pbkdf2"
                case .sha256: "pbkdf2-sha256"
                case .sha512: "pbkdf2-sha512"
                }
            return "$\(scheme)$\(rounds)$\(Base64Text.adapted.encode(salt))$\(Base64Text.adapted.encode(digest))"
        }
    }
}
