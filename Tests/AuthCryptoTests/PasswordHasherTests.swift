// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthCrypto
import AuthTesting
import Testing

@Suite("Password hasher")
struct PasswordHasherTests {
    let random = SeededRandom(seed: 3)

    private func matches(_ password: [UInt8], _ text: String) throws -> Bool {
        let hash = try PasswordHash(parsing: text)
        return try password.withUnsafeBufferPointer { try PasswordHasher().verify(bytes: $0, against: hash) }
    }

    // Behaviour B29, B32
    @Test("verifies the hashes of other software and asks for replacing them", arguments: ForeignHashes.all)
    func foreign(_ example: ForeignHashes.Case) throws {
        let hash = try PasswordHash(parsing: example.text)
        let hasher = PasswordHasher()

        #expect(try hasher.verify(Password(ForeignHashes.password), against: hash))
        #expect(try !hasher.verify(Password(ForeignHashes.password + " "), against: hash))
        #expect(try !hasher.verify(Password("Correct horse battery staple"), against: hash))
        #expect(try !matches([], example.text))
        #expect(hasher.needsRehash(hash))
    }

    @Test("refuses every hash with one character of it changed", arguments: ForeignHashes.all)
    func changedHash(_ example: ForeignHashes.Case) throws {
        let last = try #require(example.text.dropLast(4).last)
        let text = example.text.dropLast(5) + (last == "a" ? "b" : "a") + example.text.suffix(4)

        #expect(try !matches(Array(ForeignHashes.password.utf8), String(text)))
    }

    @Test(
        "hashes and verifies",
        arguments: [
            try HashingParameters.argon2id(memoryKiB: 7168, iterations: 5), .standard, try .bcrypt(cost: 10),
        ])
    func roundTrip(_ parameters: HashingParameters) throws {
        let hasher = PasswordHasher(parameters: parameters)
        let password = try Password("grüße aus 東京")

        let hash = try hasher.hash(password, random: random)
        let stored = try PasswordHash(parsing: hash.encoded)

        #expect(stored == hash && stored.cost == parameters.cost)
        #expect(try hasher.verify(password, against: stored))
        #expect(try !hasher.verify(Password("grüße aus 京都"), against: stored))
        #expect(!hasher.needsRehash(stored))
        #expect(try hasher.hash(password, random: random) != hash)
    }

    // ASVS 6.2.8
    // Behaviour B22
    @Test(
        "never cuts a password that it hashes itself", arguments: [HashingParameters.standard, try .bcrypt(cost: 10)])
    func longPasswords(_ parameters: HashingParameters) throws {
        let hasher = PasswordHasher(parameters: parameters)
        let long = String(repeating: "a", count: 1_023)

        let hash = try hasher.hash(Password(long + "b"), random: random)

        #expect(try hasher.verify(Password(long + "b"), against: hash))
        #expect(try !hasher.verify(Password(long + "c"), against: hash))
        #expect(try !hasher.verify(Password(String(long.prefix(72))), against: hash))
    }

    /// Made by Python's bcrypt of "a" × 80.
    static let bcryptOf80 = "$2b$04$EmNFpZF/3wBYLrfWRGWw3.ftDm8Hn5dbZpUYkMW6sias6Lf9IY5n2"

    @Test("takes 72 bytes of a password for plain bcrypt, as its writers did", arguments: [72, 73, 80, 600, 1_024])
    func truncation(length: Int) throws {
        let password = [UInt8](repeating: UInt8(ascii: "a"), count: length)

        #expect(try matches(password, Self.bcryptOf80))
        #expect(try !matches(Array(password.prefix(71)), Self.bcryptOf80))
    }

    @Test("never takes a zero byte for the end of a password")
    func zeroBytes() throws {
        let password = Array(ForeignHashes.password.utf8)

        for example in ForeignHashes.all {
            #expect(try !matches(password + [0, 1], example.text))
            switch example.cost {
            case .argon2, .bcrypt: #expect(try !matches(password + [0], example.text))
            // HMAC pads its key with zeros, so here the two are one; no ``Password`` holds a zero.
            case .scrypt, .pbkdf2: #expect(try matches(password + [0], example.text))
            }
        }
        // Python: bcrypt.hashpw(b"", …)
        #expect(try matches([], "$2b$04$5.DugZwxiF/ug35OFHTNdOUG4ttau2c6f0UJnHL04XoIpoGBc6Ag."))
        #expect(try !matches([0], "$2b$04$5.DugZwxiF/ug35OFHTNdOUG4ttau2c6f0UJnHL04XoIpoGBc6Ag."))
    }

    /// Python: bcrypt.hashpw of the Latin-1 bytes of "päÿß" with a `$2a$` salt.
    @Test("verifies bytes above 127 by the rules of $2b$, whatever the prefix", arguments: ["2a", "2b", "2y"])
    func eightBit(prefix: String) throws {
        let text = "$\(prefix)$04$2sbb1IAg7wKOt6.YqzzvFOjX9GuxaqYJw7fM60ZDNPLOXTtmGzyA."

        #expect(try matches([0x70, 0xE4, 0xFF, 0xDF], text))
        #expect(try !matches([0x70, 0xE4, 0xFF, 0xDE], text))
    }

    /// Made by passlib's bcrypt_sha256 of "a" × 80, version 2.
    @Test("writes bcrypt in passlib's form")
    func passlib() throws {
        let text = "$bcrypt-sha256$v=2,t=2b,r=4$HprYsUj8upKbxTJC3EKyb.$w1i9m4bqQg0vtjkDkmHXioFu16/uc5m"
        let hash = try PasswordHasher(parameters: .bcrypt(cost: 10)).hash(Password("password"), random: random)

        #expect(try matches(Array(repeating: UInt8(ascii: "a"), count: 80), text))
        #expect(try !matches(Array(repeating: UInt8(ascii: "a"), count: 79), text))
        #expect(hash.encoded.hasPrefix("$bcrypt-sha256$v=2,t=2b,r=10$"))
    }

    struct RehashCase: CustomTestStringConvertible {
        let name: String
        let text: String
        let isNeeded: Bool
        var testDescription: String { name }
    }

    private static let argon2 = "AQIDBAUGBwgJCgsMDQ4PEA$OWWgavyRzrXHM22D6xVX6SQIOc1UIxuMBEhhVnU1XCM"

    // Behaviour B32
    @Test(
        "asks for another hash if anything but the salt differs",
        arguments: [
            RehashCase(name: "same", text: "$argon2id$v=19$m=19456,t=2,p=1$\(argon2)", isNeeded: false),
            RehashCase(name: "less memory", text: "$argon2id$v=19$m=19455,t=2,p=1$\(argon2)", isNeeded: true),
            RehashCase(name: "more memory", text: "$argon2id$v=19$m=65536,t=2,p=1$\(argon2)", isNeeded: true),
            RehashCase(name: "fewer iterations", text: "$argon2id$v=19$m=19456,t=1,p=1$\(argon2)", isNeeded: true),
            RehashCase(name: "more iterations", text: "$argon2id$v=19$m=19456,t=3,p=1$\(argon2)", isNeeded: true),
            RehashCase(name: "more lanes", text: "$argon2id$v=19$m=19456,t=2,p=2$\(argon2)", isNeeded: true),
            RehashCase(name: "Argon2i", text: "$argon2i$v=19$m=19456,t=2,p=1$\(argon2)", isNeeded: true),
            RehashCase(
                name: "short salt",
                text: "$argon2id$v=19$m=19456,t=2,p=1$AQIDBAUGBwg$OWWgavyRzrXHM22D6xVX6SQIOc1UIxuMBEhhVnU1XCM",
                isNeeded: true),
            RehashCase(
                name: "short hash",
                text: "$argon2id$v=19$m=19456,t=2,p=1$AQIDBAUGBwgJCgsMDQ4PEA$AQIDBAUGBwgJCgsMDQ4PEA",
                isNeeded: true),
            RehashCase(
                name: "bcrypt", text: "$2b$04$EmNFpZF/3wBYLrfWRGWw3.ftDm8Hn5dbZpUYkMW6sias6Lf9IY5n2", isNeeded: true),
        ])
    func rehash(_ example: RehashCase) throws {
        #expect(try PasswordHasher().needsRehash(PasswordHash(parsing: example.text)) == example.isNeeded)
    }

    @Test("replaces Argon2id when bcrypt is chosen, and plain bcrypt of the same cost")
    func rehashToBcrypt() throws {
        let hasher = PasswordHasher(parameters: try .bcrypt(cost: 10))
        let salted = "EmNFpZF/3wBYLrfWRGWw3.ftDm8Hn5dbZpUYkMW6sias6Lf9IY5n2"

        #expect(try hasher.needsRehash(PasswordHash(parsing: "$argon2id$v=19$m=19456,t=2,p=1$\(Self.argon2)")))
        #expect(try hasher.needsRehash(PasswordHash(parsing: "$2b$10$\(salted)")))
        #expect(
            try !hasher.needsRehash(
                PasswordHash(parsing: "$bcrypt-sha256$v=2,t=2b,r=10$\(salted.prefix(22))$\(salted.suffix(31))")))
    }

    struct Setting: CustomTestStringConvertible {
        let memoryKiB: Int
        let iterations: Int
        var testDescription: String { "m=\(memoryKiB) t=\(iterations)" }
    }

    @Test(
        "accepts OWASP's choices",
        arguments: [
            Setting(memoryKiB: 47_104, iterations: 1), Setting(memoryKiB: 19_456, iterations: 2),
            Setting(memoryKiB: 12_288, iterations: 3), Setting(memoryKiB: 9_216, iterations: 4),
            Setting(memoryKiB: 7_168, iterations: 5), Setting(memoryKiB: 262_144, iterations: 16),
        ])
    func settings(_ setting: Setting) throws {
        let parameters = try HashingParameters.argon2id(memoryKiB: setting.memoryKiB, iterations: setting.iterations)

        #expect(
            parameters.cost
                == .argon2(
                    .argon2id, memoryKiB: setting.memoryKiB, iterations: setting.iterations, parallelism: 1))
    }

    @Test(
        "rejects lower and higher costs",
        arguments: [
            Setting(memoryKiB: 7_167, iterations: 16), Setting(memoryKiB: 7_168, iterations: 4),
            Setting(memoryKiB: 19_456, iterations: 1), Setting(memoryKiB: 262_145, iterations: 1),
            Setting(memoryKiB: 19_456, iterations: 17), Setting(memoryKiB: 19_456, iterations: 0),
            Setting(memoryKiB: -1, iterations: -1), Setting(memoryKiB: .max, iterations: .max),
            Setting(memoryKiB: .min, iterations: .min),
        ])
    func settingsOutOfBounds(_ setting: Setting) {
        #expect(throws: PasswordHashError.costOutOfBounds) {
            try HashingParameters.argon2id(memoryKiB: setting.memoryKiB, iterations: setting.iterations)
        }
    }

    @Test("refuses a bcrypt cost out of bounds", arguments: [Int.min, 0, 9, 17, Int.max])
    func bcryptSettings(cost: Int) {
        #expect(throws: PasswordHashError.costOutOfBounds) { try HashingParameters.bcrypt(cost: cost) }
    }
}
