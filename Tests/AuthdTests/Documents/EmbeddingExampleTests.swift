// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthCrypto
import AuthService
import AuthStore
import AuthTokens
import Testing

/// Registers a user, signs them in and knows them by their token; nil where a second factor is required first.
func registerAda(in auth: AuthService) async throws -> Principal? {
    let client = ClientContext(source: "192.0.2.7")
    _ = try await auth.users.register(
        Registration(
            username: try Username("ada"), email: nil, password: try Password("notes on the engine"), fullName: nil),
        from: client)
    let outcome = try await auth.signIn.withPassword(
        SignInAttempt(identifier: "ada", password: try Password("notes on the engine")), from: client)
    guard case .signedIn(let tokens) = outcome else { return nil }
    let caller = try await auth.access.authenticate(tokens.accessToken)
    try auth.access.authorize(caller, .permission("me:read"))
    return caller
}

/// The code of the page on embedding that needs no server, compiled and run; `scripts/run-examples` runs the rest.
@Suite("Embedding example without HTTP")
struct EmbeddingExampleTests {
    @Test("registers, signs in, and knows the caller")
    func example() async throws {
        let auth = try AuthService(
            AuthService.Configuration(
                settings: AuthSettings(issuer: "https://id.example.com"),
                store: InMemoryAuthStore(),
                hashing: PooledPasswordHasher(pool: try HashingPool()),
                rootKeys: RootKeys(current: RootKey(random: SystemRandom())),
                signing: .stored(.es256, rotationPeriod: nil)))
        try await auth.start()

        let caller = try #require(try await registerAda(in: auth))

        let ada = try Username("ada")
        #expect(caller.user.username == ada && caller.claims.scope == "items me")
    }

    @Test("is the code that docs/embedding.md shows, line by line")
    func shown() throws {
        let page = try Repository.text("docs/embedding.md")
        let section = try #require(page.split(separator: "\n## Use cases without HTTP\n").last)
        let block = try #require(
            section.split(separator: "```swift\n").dropFirst().first?.split(separator: "```").first)
        let own = try Repository.text("Tests/AuthdTests/Documents/EmbeddingExampleTests.swift")

        let function = try #require(block.split(separator: "\n\n").last)
        #expect(function.hasPrefix("/// Registers a user") && own.contains(function))
    }

    @Test("the README shows code of docs/embedding.md, in its order")
    func readme() throws {
        // The page's block "Embed the library #1".
        let readme = try Repository.text("README.md")
        let section = try #require(readme.split(separator: "\n## Embed the library\n").last)
        let block = try #require(
            section.split(separator: "```swift\n").dropFirst().first?.split(separator: "```").first)
        let page = try Repository.text("docs/embedding.md").split(separator: "\n").map { $0.drop { $0 == " " } }

        let parts = block.split(separator: "\n\n").map { part in
            part.split(separator: "\n").map { $0.drop { $0 == " " } }
        }
        #expect(parts.count > 2)
        for part in parts {
            #expect(page.indices.contains { page[$0...].starts(with: part) }, "\(part.first ?? "")")
        }
        #expect(block.contains("services: [auth]") && section.contains("`run()`"))
    }
}
