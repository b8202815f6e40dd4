// SPDX-License-Identifier: Apache-2.0

// A resource server that knows nothing of users and stores: it accepts access tokens that a running authd has signed,
// with the keys that authd publishes. With one of authd's CHANGE_FEED_SECRETS it also rejects revoked tokens.
// docs/resource-servers.md explains it, part by part.
//
//     PORT=8081 swift run VerifyOnly
//     curl -H "Authorization: Bearer $TOKEN" http://localhost:8081/whoami

import AuthCore
import AuthTokens
import Foundation
import FoundationNetworking
import Hummingbird

let environment = ProcessInfo.processInfo.environment
let issuer = environment["ISSUER"] ?? "http://localhost:8000"

@Sendable
func now() -> Timestamp {
    Timestamp(microseconds: Int64(Date().timeIntervalSince1970 * 1_000_000))
}

let keys = RemoteKeys {
    guard let keySet = URL(string: issuer + "/.well-known/jwks.json") else { throw URLError(.badURL) }
    let (body, _) = try await URLSession.shared.data(from: keySet)
    return FetchedKeySet(Array(body))
}

/// Follows no redirect, which would carry the secret elsewhere.
final class NoRedirects: NSObject, URLSessionTaskDelegate {
    func urlSession(
        _ session: URLSession, task: URLSessionTask, willPerformHTTPRedirection response: HTTPURLResponse,
        newRequest request: URLRequest, completionHandler: @escaping @Sendable (URLRequest?) -> Void
    ) {
        completionHandler(nil)
    }
}

let session = URLSession(configuration: .ephemeral, delegate: NoRedirects(), delegateQueue: nil)
let feed = environment["CHANGE_FEED_SECRET"].map { secret in
    RevocationFeed(whenStale: .refuse, keys: keys) { request in
        guard let url = URL(string: issuer + "/auth/changes" + request.query) else { throw URLError(.badURL) }
        var call = URLRequest(url: url, timeoutInterval: TimeInterval(request.timeout.components.seconds))
        call.setValue("Bearer \(secret)", forHTTPHeaderField: "Authorization")
        let (body, response) = try await session.data(for: call)
        switch (response as? HTTPURLResponse)?.statusCode {
        case 200: return .page(Array(body))
        case 410: return .gone
        default: throw URLError(.badServerResponse)
        }
    }
}

let verifier = TokenVerifier(
    keys: keys, policy: AccessTokenPolicy(issuer: issuer, audience: issuer, leewaySeconds: 5), revocations: feed)

/// The claims of a valid token whose scope covers the permission that the route needs.
@Sendable
func claims(
    of request: Request, _ context: BasicRequestContext, needing permission: Permission? = nil
) async throws -> AccessTokenClaims {
    guard let header = request.headers[.authorization], header.lowercased().hasPrefix("bearer ") else {
        throw HTTPError(.unauthorized, headers: [.wwwAuthenticate: "Bearer"])
    }
    do {
        let token = try await verifier.verifyRefreshingKeys(String(header.dropFirst(7)), at: now())
        if let permission, Scope(parsing: token.claims.scope)?.covers(permission) != true {
            throw HTTPError(.forbidden, headers: [.wwwAuthenticate: #"Bearer error="insufficient_scope""#])
        }
        return token.claims
    } catch TokenError.revocationsUnknown {
        // The token may be valid: the verifier cannot know while the change feed is cut off.
        throw HTTPError(.serviceUnavailable, headers: [.retryAfter: "1"])
    } catch let error as TokenError {
        context.logger.notice("token refused", metadata: ["reason": "\(error)"])
        throw HTTPError(.unauthorized, headers: [.wwwAuthenticate: #"Bearer error="invalid_token""#])
    }
}

let router = Router()
router.get("whoami") { request, context in
    try await claims(of: request, context).subject
}
router.get("items") { request, context in
    _ = try await claims(of: request, context, needing: "items:read")
    return #"["a book", "a lamp"]"#
}

let port = environment["PORT"].flatMap { Int($0) } ?? 8081
let application = Application(router: router, configuration: .init(address: .hostname("127.0.0.1", port: port)))
// Not waited for at the end: a cancelled URLSession may never answer.
let following = feed.map { feed in Task { await feed.run(now: now) } }
try await application.runService()
following?.cancel()
