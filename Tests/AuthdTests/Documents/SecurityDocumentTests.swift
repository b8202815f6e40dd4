// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthCrypto
import Testing

@testable import AuthService
@testable import authd

/// Which tests hold the other claims is a table in `DocumentedBlocksTests`.
@Suite("Figures of SECURITY.md")
struct SecurityDocumentTests {
    @Test("the parameters and times in its sentences are those of the program")
    func figures() throws {
        let sentences = try Repository.text("SECURITY.md").split(whereSeparator: \.isWhitespace).joined(separator: " ")
        let daemon = try DaemonConfiguration.read(["ROOT_KEY": Secrets.rootKey])
        let argon2id = PasswordHashCost.argon2(.argon2id, memoryKiB: 19 * 1_024, iterations: 2, parallelism: 1)

        func expect(_ sentence: String, _ holds: Bool, sourceLocation: SourceLocation = #_sourceLocation) {
            #expect(sentences.contains(sentence), sourceLocation: sourceLocation)
            #expect(holds, "\(sentence)", sourceLocation: sourceLocation)
        }
        expect("Argon2id (19 MiB, two passes)", daemon.hashing.cost == argon2id)
        expect("revokes all of their sessions within a second", ChangeFeedService.interval <= .milliseconds(500))
        expect("beyond the stated second", ChangeFeedService.interval <= .milliseconds(500))
    }
}
