// SPDX-License-Identifier: Apache-2.0

import AuthCrypto
import Testing

@Suite("Password hash cost")
struct PasswordHashCostTests {
    struct Case: CustomTestStringConvertible {
        let cost: PasswordHashCost
        let label: String
        var testDescription: String { label }
    }

    static let labels = [
        Case(
            cost: .argon2(.argon2id, memoryKiB: 19_456, iterations: 2, parallelism: 1),
            label: "argon2id m=19456 t=2 p=1"),
        Case(
            cost: .argon2(.argon2i, memoryKiB: 4096, iterations: 3, parallelism: 4), label: "argon2i m=4096 t=3 p=4"),
        Case(cost: .bcrypt(.password, cost: 12), label: "bcrypt cost=12"),
        Case(cost: .bcrypt(.keyedDigest, cost: 4), label: "bcrypt-sha256 cost=4"),
        Case(cost: .bcrypt(.digest, cost: 10), label: "bcrypt-sha256-v1 cost=10"),
        Case(cost: .bcrypt(.hexadecimalDigest, cost: 12), label: "django-bcrypt-sha256 cost=12"),
        Case(cost: .scrypt(logN: 15, blockSize: 8, parallelism: 1), label: "scrypt ln=15 r=8 p=1"),
        Case(cost: .pbkdf2(.sha1, rounds: 1), label: "pbkdf2-sha1 rounds=1"),
        Case(cost: .pbkdf2(.sha256, rounds: 600_000), label: "pbkdf2-sha256 rounds=600000"),
        Case(cost: .pbkdf2(.sha512, rounds: 210_000), label: "pbkdf2-sha512 rounds=210000"),
    ]

    @Test("has a label that can be read back", arguments: labels)
    func roundTrip(_ example: Case) {
        #expect(example.cost.label == example.label)
        #expect(PasswordHashCost(label: example.label) == example.cost)
        #expect(example.label.hasPrefix(example.cost.algorithmName + " "))
    }

    @Test(
        "does not read other labels",
        arguments: [
            "", " ", "argon2id", "argon2id m=19456 t=2", "argon2id m=19456  t=2 p=1", "argon2id m=19456 t=2 p=1 ",
            "argon2d m=19456 t=2 p=1", "argon2id t=2 m=19456 p=1", "argon2id m=0x10 t=2 p=1", "bcrypt cost=3",
            "bcrypt cost=012", "bcrypt cost=-4", "md5 cost=1", "scrypt ln=40 r=8 p=1", "pbkdf2-sha256 rounds=",
            "pbkdf2-sha256 rounds=999999999", "argon2id m=99999999999999999999 t=2 p=1",
        ])
    func refuses(label: String) {
        #expect(PasswordHashCost(label: label) == nil)
    }
}
