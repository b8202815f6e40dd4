// SPDX-License-Identifier: Apache-2.0

import AuthCore
import Testing

@Suite("Credential generation") struct CredentialGenerationTests {
    @Test(
        "the next one is the time, or one more where the time has not come so far",
        arguments: [
            (0, 1_000, 1_000), (1_000, 1_000, 1_001), (5_000, 1_000, 5_001), (0, -5, 1), (.max, 1_000, .max),
        ] as [(Int64, Int64, Int64)])
    func next(_ value: Int64, _ microseconds: Int64, _ expected: Int64) {
        let generation = CredentialGeneration(value).next(at: Timestamp(microseconds: microseconds))

        #expect(generation == CredentialGeneration(expected))
    }

    @Test("later ones are greater")
    func order() {
        var generation = CredentialGeneration.first
        for microseconds in [10, 5, 5, 20] as [Int64] {
            let next = generation.next(at: Timestamp(microseconds: microseconds))
            #expect(generation < next)
            generation = next
        }
    }
}
