// SPDX-License-Identifier: Apache-2.0

// A service that has users of its own: it embeds authd's use cases, mounts its HTTP interface under /auth and the other
// routes, and guards routes of its own with the same tokens and cookies. Users are kept in memory, so they are gone when it
// ends; docs/embedding.md has the stores on disk.
//
//     PORT=8082 swift run EmbedHummingbird

import AuthCore
import AuthCrypto
import AuthHTTP
import AuthService
import AuthStore
import AuthTokens
import Hummingbird

let port = Environment().get("PORT", as: Int.self) ?? 8082
let auth = try AuthService(
    AuthService.Configuration(
        settings: AuthSettings(issuer: "http://localhost:\(port)", roles: NotesAccess.roles),
        store: InMemoryAuthStore(),
        hashing: PooledPasswordHasher(pool: try HashingPool()),
        rootKeys: RootKeys(current: RootKey(random: SystemRandom())),
        signing: .stored(.es256, rotationPeriod: nil)))
try await auth.start()

let api = AuthAPI(service: auth, configuration: HTTPConfiguration())
let application = Application(
    router: NotesRoutes(notes: Notebook()).router(over: api),
    configuration: .init(address: .hostname("127.0.0.1", port: port)), services: [auth])
try await application.runService()
