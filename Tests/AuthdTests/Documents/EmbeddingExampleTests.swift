// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthCrypto
import AuthService
import AuthStore
import AuthTokens
import Testing

/// The README's code for services that embed the library, compiled and run.
@Suite("Embedding example of the README")
struct EmbeddingExampleTests {
    // The blanks before its comments are the README's.
    // swift-format-ignore
    @Test("registers, signs in, and knows the caller")
    func example() async throws {
        let auth = try AuthService(
            AuthService.Configuration(
                settings: AuthSettings(issuer: "https://id.example.com"),
                store: InMemoryAuthStore(),                                   // or a store on SQLite or PostgreSQL
                hashing: PooledPasswordHasher(pool: try HashingPool()),
                rootKeys: RootKeys(current: RootKey(random: SystemRandom())), // in production: from a file
                signing: .stored(.es256, rotationPeriod: nil)))
        try await auth.start()

        let client = ClientContext(source: "192.0.2.7")
        _ = try await auth.users.register(
            Registration(
                username: try Username("ada"), email: nil, password: try Password("notes on the engine"), fullName: nil),
            from: client)
        let outcome = try await auth.signIn.withPassword(
            SignInAttempt(identifier: "ada", password: try Password("notes on the engine")), from: client)
        guard case .signedIn(let tokens) = outcome else { return }           // a second factor is required
        let caller = try await auth.access.authenticate(tokens.accessToken)

        let ada = try Username("ada")
        #expect(caller.user.username == ada && caller.claims.scope == "items me")
    }

    @Test("is the code that the README shows, line by line")
    func shown() throws {
        let name = "Embed the library #1"
        let readme = try Repository.text("README.md")
        let section = try #require(readme.split(separator: "\n## Embed the library\n").last, "\(name)")
        let block = try #require(
            section.split(separator: "```swift\n").dropFirst().first?.split(separator: "```").first)
        let own = try Repository.text("Tests/AuthdTests/Documents/EmbeddingExampleTests.swift")

        for line in block.split(separator: "\n") { #expect(own.contains(line), "\(line)") }
        let code = block.split(separator: "\n").map { $0.drop { $0 == " " } }.filter { !$0.hasPrefix("import ") }
        let here = own.split(separator: "\n").map { $0.drop { $0 == " " } }
        #expect(here.indices.contains { here[$0...].starts(with: code) })
    }
}
