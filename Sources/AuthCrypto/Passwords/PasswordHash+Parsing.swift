// SPDX-License-Identifier: Apache-2.0

extension PasswordHash {
    /// Reads a stored hash.
    ///
    /// Every length and cost is bounded here, so that verifying cannot be made to run away.
    /// - Throws: `.unknownScheme`, `.malformed` or `.costOutOfBounds`.
    public init(parsing text: String) throws(PasswordHashError) {
        let isPrintable = text.utf8.allSatisfy { (0x21...0x7E).contains($0) }
        guard !text.isEmpty, text.utf8.count <= Self.maximumLength, isPrintable else { throw .malformed }
        let fields = text.split(separator: "$", omittingEmptySubsequences: false)
        if fields[0].isEmpty {
            try self.init(modular: fields.dropFirst(), encoded: text)
        } else {
            try self.init(django: fields, encoded: text)
        }
    }

    /// Reads what follows the first `$` of `$scheme$…`.
    private init(modular fields: ArraySlice<Substring>, encoded: String) throws(PasswordHashError) {
        let scheme = fields.first ?? ""
        let rest = Array(fields.dropFirst())
        switch scheme {
        case "argon2id": try self.init(.argon2id, argon2: rest, encoded: encoded)
        case "argon2i": try self.init(.argon2i, argon2: rest, encoded: encoded)
        case "2a", "2b", "2y": try self.init(.password, bcrypt: rest, encoded: encoded)
        case "bcrypt-sha256": try self.init(passlibBcrypt: rest, encoded: encoded)
        case "scrypt": try self.init(scrypt: rest, encoded: encoded)
        case "pbkdf2": try self.init(.sha1, pbkdf2: rest, encoded: encoded)
        case "pbkdf2-sha256": try self.init(.sha256, pbkdf2: rest, encoded: encoded)
        case "pbkdf2-sha512": try self.init(.sha512, pbkdf2: rest, encoded: encoded)
        default: throw .unknownScheme
        }
    }

    /// Reads `algorithm$…` as Django writes it.
    private init(django fields: [Substring], encoded: String) throws(PasswordHashError) {
        switch fields[0] {
        case "argon2":
            guard fields.count > 1, Argon2Variant(rawValue: String(fields[1])) != nil else { throw .malformed }
            try self.init(modular: fields.dropFirst(), encoded: encoded)
        case "bcrypt", "bcrypt_sha256":
            guard fields.count > 2, fields[1].isEmpty, ["2a", "2b", "2y"].contains(fields[2]) else { throw .malformed }
            let input: BcryptInput = fields[0] == "bcrypt" ? .password : .hexadecimalDigest
            try self.init(input, bcrypt: Array(fields.dropFirst(3)), encoded: encoded)
        case "scrypt": try self.init(djangoScrypt: Array(fields.dropFirst()), encoded: encoded)
        case "pbkdf2_sha1": try self.init(.sha1, djangoPBKDF2: Array(fields.dropFirst()), encoded: encoded)
        case "pbkdf2_sha256": try self.init(.sha256, djangoPBKDF2: Array(fields.dropFirst()), encoded: encoded)
        default: throw .unknownScheme
        }
    }

    /// `v=19$m=…,t=…,p=…$salt$hash`.
    ///
    /// The optional `keyid` and `data` are not accepted.
    private init(_ variant: Argon2Variant, argon2 fields: [Substring], encoded: String) throws(PasswordHashError) {
        guard fields.count == 4, fields[0] == "v=19",
            let cost = CostFields.read(commaSeparated: fields[1], names: ["m", "t", "p"]),
            let salt = Base64Text.unpadded.decode(fields[2]), (8...64).contains(salt.count),
            let digest = Base64Text.unpadded.decode(fields[3]), (16...64).contains(digest.count)
        else { throw .malformed }
        try self.init(
            encoded: encoded,
            cost: .argon2(variant, memoryKiB: cost[0], iterations: cost[1], parallelism: cost[2]),
            salt: salt, digest: digest)
    }

    /// `cost$` followed by 22 characters of salt and 31 of hash.
    private init(_ input: BcryptInput, bcrypt fields: [Substring], encoded: String) throws(PasswordHashError) {
        // The cost is two digits, the only number that may begin with a zero.
        guard fields.count == 2, fields[0].utf8.count == 2, fields[1].utf8.count == 53,
            let cost = CostFields.number(fields[0].hasPrefix("0") ? fields[0].dropFirst() : fields[0])
        else { throw .malformed }
        try self.init(input, cost: cost, salt: fields[1].prefix(22), hash: fields[1].dropFirst(22), encoded: encoded)
    }

    /// `v=2,t=2b,r=cost$salt$hash`, or `2b,cost$salt$hash` as the first version had it.
    private init(passlibBcrypt fields: [Substring], encoded: String) throws(PasswordHashError) {
        guard fields.count == 3, fields[1].utf8.count == 22, fields[2].utf8.count == 31 else { throw .malformed }
        let parameters = fields[0].split(separator: ",", omittingEmptySubsequences: false)
        let input: BcryptInput
        let cost: Int?
        if parameters.count == 3, parameters[0] == "v=2", parameters[1] == "t=2b" {
            input = .keyedDigest
            cost = CostFields.read([parameters[2]], names: ["r"])?[0]
        } else if parameters.count == 2, parameters[0] == "2a" || parameters[0] == "2b" {
            input = .digest
            cost = CostFields.number(parameters[1])
        } else {
            throw .malformed
        }
        guard let cost else { throw .malformed }
        try self.init(input, cost: cost, salt: fields[1], hash: fields[2], encoded: encoded)
    }

    private init(
        _ input: BcryptInput, cost: Int, salt: Substring, hash: Substring, encoded: String
    ) throws(PasswordHashError) {
        // Some writers leave junk in the last bits of the salt, which bcrypt ignores; those of the hash it compares.
        let alphabet = { (character: UInt8) in Bcrypt.isInAlphabet(character) }
        guard salt.utf8.allSatisfy(alphabet), hash.utf8.allSatisfy(alphabet) else { throw .malformed }
        try self.init(
            encoded: encoded, cost: .bcrypt(input, cost: cost), salt: Array(salt.utf8), digest: Array(hash.utf8))
    }

    /// `ln=…,r=…,p=…$salt$hash`.
    private init(scrypt fields: [Substring], encoded: String) throws(PasswordHashError) {
        guard fields.count == 3,
            let cost = CostFields.read(commaSeparated: fields[0], names: ["ln", "r", "p"]),
            let salt = Base64Text.unpadded.decode(fields[1]), (1...64).contains(salt.count),
            let digest = Base64Text.unpadded.decode(fields[2]), (16...64).contains(digest.count)
        else { throw .malformed }
        try self.init(
            encoded: encoded, cost: .scrypt(logN: cost[0], blockSize: cost[1], parallelism: cost[2]),
            salt: salt, digest: digest)
    }

    /// `N$salt$r$p$hash`.
    private init(djangoScrypt fields: [Substring], encoded: String) throws(PasswordHashError) {
        guard fields.count == 5, (1...64).contains(fields[1].utf8.count),
            let n = CostFields.number(fields[0]), n > 1, n & (n - 1) == 0,
            let blockSize = CostFields.number(fields[2]), let parallelism = CostFields.number(fields[3]),
            let digest = Base64Text.padded.decode(fields[4]), (16...64).contains(digest.count)
        else { throw .malformed }
        try self.init(
            encoded: encoded,
            cost: .scrypt(logN: n.trailingZeroBitCount, blockSize: blockSize, parallelism: parallelism),
            salt: Array(fields[1].utf8), digest: digest)
    }

    /// `rounds$salt$hash` in passlib's Base64.
    private init(_ kind: PBKDF2Digest, pbkdf2 fields: [Substring], encoded: String) throws(PasswordHashError) {
        guard fields.count == 3, let rounds = CostFields.number(fields[0]),
            let salt = Base64Text.adapted.decode(fields[1]), (1...64).contains(salt.count),
            let digest = Base64Text.adapted.decode(fields[2]), digest.count == kind.byteCount
        else { throw .malformed }
        try self.init(encoded: encoded, cost: .pbkdf2(kind, rounds: rounds), salt: salt, digest: digest)
    }

    /// `rounds$salt$hash`, the salt as plain text.
    private init(_ kind: PBKDF2Digest, djangoPBKDF2 fields: [Substring], encoded: String) throws(PasswordHashError) {
        guard fields.count == 3, let rounds = CostFields.number(fields[0]), (1...64).contains(fields[1].utf8.count),
            let digest = Base64Text.padded.decode(fields[2]), digest.count == kind.byteCount
        else { throw .malformed }
        try self.init(
            encoded: encoded, cost: .pbkdf2(kind, rounds: rounds), salt: Array(fields[1].utf8), digest: digest)
    }
}
