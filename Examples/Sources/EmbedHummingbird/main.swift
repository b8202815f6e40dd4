// SPDX-License-Identifier: Apache-2.0

// A service that has users of its own: it embeds authd's use cases, mounts its HTTP interface under /auth and the other
// routes, and protects a route of its own with the same tokens. Users are kept in memory, so they are gone when it ends.
//
//     PORT=8082 swift run EmbedHummingbird

import AuthCore
import AuthCrypto
import AuthHTTP
import AuthService
import AuthStore
import AuthTokens
import Foundation
import Hummingbird
import Logging

import struct AuthHTTPServer.IPAddress

let port = ProcessInfo.processInfo.environment["PORT"].flatMap { Int($0) } ?? 8082
let logger = Logger(label: "example")

let auth = try AuthService(
    AuthService.Configuration(
        settings: AuthSettings(issuer: "http://127.0.0.1:\(port)"),
        store: InMemoryAuthStore(),
        hashing: PooledPasswordHasher(pool: try HashingPool()),
        rootKeys: RootKeys(current: RootKey(random: SystemRandom())),
        signing: .stored(.es256, rotationPeriod: nil)))
try await auth.start()
let api = AuthAPI(service: auth, configuration: HTTPConfiguration(), logger: logger)

/// Keeps the peer's address: authd limits requests by source.
struct ConnectionContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    let peer: IPAddress?

    init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        peer = source.channel.remoteAddress?.ipAddress.flatMap { IPAddress($0) }
    }
}

/// Hands every request that no other route takes to authd.
struct AuthdMiddleware: RouterMiddleware {
    let api: AuthAPI

    func handle(
        _ request: Request, context: ConnectionContext,
        next: (Request, ConnectionContext) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch let error as HTTPError where error.status == .notFound {
            let body = try await request.body.collect(upTo: 64 * 1024)
            let answer = await api.respond(to: request.head, body: Array(buffer: body), peer: context.peer)
            let isHead = request.method == .head
            return Response(
                status: answer.response.status, headers: answer.response.headerFields,
                body: isHead ? ResponseBody() : ResponseBody(byteBuffer: ByteBuffer(bytes: answer.body)))
        }
    }
}

let router = Router(context: ConnectionContext.self)
router.add(middleware: AuthdMiddleware(api: api))
router.get("notes") { request, _ in
    guard let header = request.headers[.authorization], header.lowercased().hasPrefix("bearer ") else {
        throw HTTPError(.unauthorized, headers: [.wwwAuthenticate: "Bearer"])
    }
    do {
        let principal = try await auth.access.authenticate(String(header.dropFirst(7)))
        try auth.access.authorize(principal, .authenticated)
        return "The notes of \(principal.user.username?.original ?? principal.user.id.description)\n"
    } catch AuthError.denied, AuthError.passwordChangeRequired {
        throw HTTPError(.forbidden)
    } catch AuthError.unavailable {
        throw HTTPError(.serviceUnavailable)
    } catch is AuthError {
        throw HTTPError(.unauthorized, headers: [.wwwAuthenticate: #"Bearer error="invalid_token""#])
    }
}

let application = Application(
    router: router, configuration: .init(address: .hostname("127.0.0.1", port: port)), logger: logger)
try await withThrowingTaskGroup(of: Void.self) { group in
    group.addTask { await auth.run() }
    try await application.runService()
    group.cancelAll()
}
