// SPDX-License-Identifier: Apache-2.0

import AuthCrypto
import Testing

@Suite("Dummy hash")
struct DummyHashTests {
    static let costs: [PasswordHashCost] =
        [
            .argon2(.argon2id, memoryKiB: 64, iterations: 1, parallelism: 1),
            .argon2(.argon2i, memoryKiB: 64, iterations: 1, parallelism: 4),
            .scrypt(logN: 4, blockSize: 8, parallelism: 1),
        ] + BcryptInput.allCases.map { .bcrypt($0, cost: 4) } + PBKDF2Digest.allCases.map { .pbkdf2($0, rounds: 10) }

    private func dummy(_ mix: [DummyHash.Share], key: UInt8 = 1) -> DummyHash {
        DummyHash(mix: mix, parameters: .standard, key: SecretBytes(Array(repeating: key, count: 32)))
    }

    @Test("gives a well-formed hash of the cost drawn, which no password matches", arguments: costs)
    func wellFormed(_ cost: PasswordHashCost) throws {
        let hash = dummy([DummyHash.Share(cost: cost, weight: 1)]).hash(for: "ada@example.test".utf8)

        #expect(hash.cost == cost)
        #expect(try PasswordHash(parsing: hash.encoded) == hash)
        for password in ["", "password", "ada@example.test"] {
            let matches = try Array(password.utf8).withUnsafeBufferPointer {
                try PasswordHasher().verify(bytes: $0, against: hash)
            }
            #expect(!matches)
        }
    }

    @Test("is fixed for an identifier, whatever the order of the mix, and keyed")
    func fixed() {
        let mix = Self.costs.map { DummyHash.Share(cost: $0, weight: 5) }
        let identifiers = (0..<50).map { Array("user\($0)".utf8) }

        let hashes = identifiers.map { dummy(mix).hash(for: $0) }

        #expect(hashes == identifiers.map { dummy(mix.reversed()).hash(for: $0) })
        #expect(Set(hashes.map(\.encoded)).count == identifiers.count)
        #expect(hashes.map(\.cost) != identifiers.map { dummy(mix, key: 2).hash(for: $0).cost })
    }

    // Behaviour C36
    @Test("draws each cost about as often as the mix has it")
    func distribution() {
        let slow = PasswordHashCost.bcrypt(.password, cost: 12)
        let fast = HashingParameters.standard.cost
        let dummy = dummy([.init(cost: slow, weight: 300), .init(cost: fast, weight: 700)])

        let draws = (0..<2_000).map { dummy.hash(for: Array("user\($0)".utf8)).cost }

        // Six hundred expected; the draw is keyed but fixed, so this cannot fail by chance.
        #expect((540...660).contains(draws.count { $0 == slow }))
        #expect(draws.allSatisfy { $0 == slow || $0 == fast })
    }

    @Test("takes the current parameters if the mix has none that are usable")
    func fallback() {
        let unusable = [
            DummyHash.Share(cost: .bcrypt(.password, cost: 31), weight: 10),
            DummyHash.Share(cost: .bcrypt(.password, cost: 10), weight: 0),
            DummyHash.Share(cost: .bcrypt(.password, cost: 11), weight: .min),
        ]

        #expect(dummy([]).hash(for: [1]).cost == HashingParameters.standard.cost)
        #expect(dummy(unusable).hash(for: [1]).cost == HashingParameters.standard.cost)
    }

    @Test("does not trap on absurd weights")
    func weights() {
        let mix = Self.costs.map { DummyHash.Share(cost: $0, weight: .max) }

        #expect(Self.costs.contains(dummy(mix).hash(for: [1]).cost))
    }
}
