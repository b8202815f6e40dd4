// SPDX-License-Identifier: Apache-2.0

import AuthCrypto
import Testing

@Suite("Password hash")
struct PasswordHashTests {
    @Test("reads the hashes of other software", arguments: ForeignHashes.all)
    func reads(_ example: ForeignHashes.Case) throws {
        let hash = try PasswordHash(parsing: example.text)

        #expect(hash.cost == example.cost)
        #expect(hash.encoded == example.text)
        #expect(hash.algorithmName == example.cost.algorithmName)
    }

    @Test("refuses every prefix of a hash", arguments: ForeignHashes.all)
    func truncated(_ example: ForeignHashes.Case) {
        for length in 0..<example.text.count {
            // A shorter Argon2 or scrypt hash may be well formed; everything else has a fixed length.
            let text = String(example.text.prefix(length))
            guard let hash = try? PasswordHash(parsing: text) else { continue }
            #expect(["argon2id", "argon2i", "scrypt"].contains(hash.algorithmName))
            #expect(text.split(separator: "$").count == example.text.split(separator: "$").count)
        }
    }

    @Test("never traps on a changed byte", arguments: ForeignHashes.all)
    func mutated(_ example: ForeignHashes.Case) {
        let original = Array(example.text.utf8)
        for position in original.indices {
            for replacement in [UInt8(ascii: "$"), UInt8(ascii: ","), UInt8(ascii: "="), UInt8(ascii: "9"), 0, 0x7F] {
                var text = original
                text[position] = replacement
                guard let hash = try? PasswordHash(parsing: String(decoding: text, as: UTF8.self)) else { continue }
                #expect(hash.cost.isWithinBounds)
            }
        }
    }

    struct Case: CustomTestStringConvertible {
        let text: String
        let error: PasswordHashError
        var testDescription: String { text.isEmpty ? "nothing" : String(text.prefix(100)) }

        init(_ text: String, _ error: PasswordHashError) {
            self.text = text
            self.error = error
        }
    }

    private static let argon2 = "AQIDBAUGBwgJCgsMDQ4PEA$OWWgavyRzrXHM22D6xVX6SQIOc1UIxuMBEhhVnU1XCM"
    private static let bcrypt = "WHGotXP7cqB7ch2w0VLhDuamiTDqDAOnETkRxPags6tXAxSRvCNLa"
    private static let pbkdf2 = ".//.MDEyMzQ1Njc4OQ$Mb7j2U5V3CQls1QiRzylyUg6HxI.L7Fzym8EGxpjaYI"
    private static let scrypt = "xnjPWesdw9h7L+W8N4bwng$mJ34OH38BE2SP+emcAopnjd4IuiTK+uZPJXinbtb5K4"
    private static let django = "VNzPFE8wmAfZPF7ZBaPWZTpsgmcRgo3yR/SsvmOqXuY="

    @Test(
        "rejects unknown and malformed hashes",
        arguments: [
            Case("", .malformed), Case("$", .unknownScheme), Case("$$", .unknownScheme), Case("x", .unknownScheme),
            Case("$1$salt$hash", .unknownScheme), Case("$6$salt$hash", .unknownScheme),
            Case("$argon2d$v=19$m=1024,t=2,p=1$\(argon2)", .unknownScheme),
            Case("$2x$04$\(bcrypt)", .unknownScheme), Case("$2$04$\(bcrypt)", .unknownScheme),
            Case("md5$salt$hash", .unknownScheme), Case("!", .unknownScheme),
            Case("$argon2id", .malformed), Case("$argon2id$v=16$m=1024,t=2,p=1$\(argon2)", .malformed),
            Case("$argon2id$m=1024,t=2,p=1$\(argon2)", .malformed),
            Case("$argon2id$v=19$t=2,m=1024,p=1$\(argon2)", .malformed),
            Case("$argon2id$v=19$m=1024,t=2$\(argon2)", .malformed),
            Case("$argon2id$v=19$m=1024,t=2,p=1,data=AA$\(argon2)", .malformed),
            Case("$argon2id$v=19$m=01024,t=2,p=1$\(argon2)", .malformed),
            Case("$argon2id$v=19$m=+1024,t=2,p=1$\(argon2)", .malformed),
            Case("$argon2id$v=19$m=1024,t=-2,p=1$\(argon2)", .malformed),
            Case("$argon2id$v=19$m=9999999999999999999999,t=2,p=1$\(argon2)", .malformed),
            Case("$argon2id$v=19$m=1024,t=2,p=1$\(argon2)$", .malformed),
            Case("$argon2id$v=19$m=1024,t=2,p=1$\(argon2)=", .malformed),
            Case("$argon2id$v=19$m=1024,t=2,p=1$AQIDBA$OWWgavyRzrXHM22D6xVX6SQIOc1UIxuMBEhhVnU1XCM", .malformed),
            Case("$argon2id$v=19$m=1024,t=2,p=1$AQIDBAUGBwgJCgsMDQ4PEA$OWWgavyR", .malformed),
            Case("$argon2id$v=19$m=1024,t=2,p=1$AQIDBAUGBwgJCgsMDQ4PEA$", .malformed),
            Case(" $argon2id$v=19$m=1024,t=2,p=1$\(argon2)", .malformed),
            Case("$argon2id$v=19$m=1024,t=2,p=1$\(argon2)\n", .malformed),
            Case("$argon2id$v=19$m=1024,t=2,p=1$\(argon2)\0", .malformed),
            Case("$argon2id$v=19$m=1024,t=2,p=1$" + String(repeating: "A", count: 512), .malformed),
            Case("argon2$", .malformed), Case("argon2$2b$04$\(bcrypt)", .malformed), Case("argon2", .malformed),
            Case("$2b$4$\(bcrypt)", .malformed), Case("$2b$+4$\(bcrypt)", .malformed),
            Case("$2b$004$\(bcrypt)", .malformed), Case("$2b$04$\(bcrypt)a", .malformed),
            Case("$2b$04$\(bcrypt.dropLast())", .malformed), Case("$2b$04$\(bcrypt.dropLast())+", .malformed),
            Case("$2b$04$", .malformed), Case("bcrypt$2b$04$\(bcrypt)", .malformed),
            Case("bcrypt_sha256$$2x$04$\(bcrypt)", .malformed), Case("bcrypt_sha256$$2b", .malformed),
            Case("$bcrypt-sha256$v=3,t=2b,r=4$WHGotXP7cqB7ch2w0VLhDu$amiTDqDAOnETkRxPags6tXAxSRvCNLa", .malformed),
            Case("$bcrypt-sha256$v=2,t=2b,r=04$WHGotXP7cqB7ch2w0VLhDu$amiTDqDAOnETkRxPags6tXAxSRvCNLa", .malformed),
            Case("$bcrypt-sha256$2y,4$WHGotXP7cqB7ch2w0VLhDu$amiTDqDAOnETkRxPags6tXAxSRvCNLa", .malformed),
            Case("$bcrypt-sha256$2b,4$WHGotXP7cqB7ch2w0VLhD$amiTDqDAOnETkRxPags6tXAxSRvCNLa", .malformed),
            Case("$scrypt$ln=10,r=8$\(scrypt)", .malformed), Case("$scrypt$ln=10,r=8,p=1$$AAAA", .malformed),
            Case("scrypt$1000$seasalt$8$1$\(django)", .malformed), Case("scrypt$0$seasalt$8$1$\(django)", .malformed),
            Case("scrypt$1$seasalt$8$1$\(django)", .malformed), Case("scrypt$1024$$8$1$\(django)", .malformed),
            Case("$pbkdf2-sha256$01000$\(pbkdf2)", .malformed), Case("$pbkdf2-sha512$1000$\(pbkdf2)", .malformed),
            Case("$pbkdf2-sha256$1000$\(pbkdf2)AA", .malformed), Case("$pbkdf2-sha256$1000$$\(django)", .malformed),
            Case("pbkdf2_sha256$1000$salt$\(django.dropLast())", .malformed),
            Case("pbkdf2_sha256$1000$\(String(repeating: "s", count: 65))$\(django)", .malformed),
            Case("pbkdf2_sha256$1000$sält$\(django)", .malformed),
        ])
    func refuses(_ example: Case) {
        #expect(throws: example.error) { try PasswordHash(parsing: example.text) }
    }

    // Behaviour B30
    @Test(
        "refuses a cost outside the bounds",
        arguments: [
            "$argon2id$v=19$m=262145,t=2,p=1$\(argon2)", "$argon2id$v=19$m=1024,t=17,p=1$\(argon2)",
            "$argon2id$v=19$m=1024,t=2,p=17$\(argon2)", "$argon2id$v=19$m=1024,t=0,p=1$\(argon2)",
            "$argon2id$v=19$m=1024,t=2,p=0$\(argon2)", "$argon2id$v=19$m=31,t=2,p=4$\(argon2)",
            "$argon2i$v=19$m=999999999,t=999999999,p=999999999$\(argon2)", "$argon2id$v=19$m=0,t=1,p=1$\(argon2)",
            "$2b$03$\(bcrypt)", "$2b$17$\(bcrypt)", "$2b$99$\(bcrypt)", "$2b$00$\(bcrypt)",
            "bcrypt_sha256$$2b$17$\(bcrypt)",
            "$bcrypt-sha256$v=2,t=2b,r=17$WHGotXP7cqB7ch2w0VLhDu$amiTDqDAOnETkRxPags6tXAxSRvCNLa",
            "$scrypt$ln=0,r=8,p=1$\(scrypt)", "$scrypt$ln=19,r=8,p=1$\(scrypt)", "$scrypt$ln=63,r=8,p=1$\(scrypt)",
            "$scrypt$ln=999999999,r=8,p=1$\(scrypt)", "$scrypt$ln=10,r=33,p=1$\(scrypt)",
            "$scrypt$ln=10,r=8,p=17$\(scrypt)", "$scrypt$ln=17,r=8,p=5$\(scrypt)", "$scrypt$ln=16,r=1,p=1$\(scrypt)",
            "$scrypt$ln=10,r=0,p=1$\(scrypt)", "$scrypt$ln=10,r=8,p=0$\(scrypt)",
            "scrypt$536870912$salt$8$1$\(django)",
            "$pbkdf2-sha256$0$\(pbkdf2)", "$pbkdf2-sha256$5000001$\(pbkdf2)", "$pbkdf2-sha256$999999999$\(pbkdf2)",
            "pbkdf2_sha256$5000001$salt$\(django)",
        ])
    func bounds(text: String) {
        #expect(throws: PasswordHashError.costOutOfBounds) { try PasswordHash(parsing: text) }
    }

    @Test(
        "accepts the costs that stand at the bounds",
        arguments: [
            "$argon2id$v=19$m=262144,t=16,p=16$\(argon2)", "$argon2id$v=19$m=8,t=1,p=1$\(argon2)",
            "$2b$16$\(bcrypt)", "$2b$04$\(bcrypt)", "$scrypt$ln=18,r=8,p=2$\(scrypt)",
            "$scrypt$ln=15,r=1,p=1$\(scrypt)",
            "$scrypt$ln=16,r=32,p=2$\(scrypt)", "$pbkdf2-sha256$1$\(pbkdf2)", "$pbkdf2-sha256$5000000$\(pbkdf2)",
        ])
    func atTheBounds(text: String) throws {
        #expect(try PasswordHash(parsing: text).cost.isWithinBounds)
    }

    @Test("shows neither salt nor hash", arguments: ForeignHashes.all)
    func redaction(_ example: ForeignHashes.Case) throws {
        let hash = try PasswordHash(parsing: example.text)
        var dumped = ""
        dump(hash, to: &dumped)

        #expect("\(hash)" == "PasswordHash(\(example.cost.label), redacted)")
        for field in example.text.split(separator: "$") where field.count >= 14 {
            #expect(!dumped.contains(field) && !"\(hash)".contains(field) && !String(reflecting: hash).contains(field))
        }
    }
}
