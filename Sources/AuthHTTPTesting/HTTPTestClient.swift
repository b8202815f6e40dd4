// SPDX-License-Identifier: Apache-2.0

public import AuthCore
public import AuthHTTP
internal import AuthHTTPServer
public import HTTPTypes

/// Sends requests to an HTTP interface in the same process, without a socket, and keeps cookies.
///
/// ```swift
/// let client = HTTPTestClient(api)
/// let signedIn = await client.post("/auth/login", json: ["username": "ada", "password": "notes on the engine"])
/// let me = await client.get("/auth/me", bearing: signedIn["access_token"])
/// ```
///
/// It sends every cookie that it was given with every request: what `SameSite` or `Secure` would hold back in a browser, an
/// interface must refuse by itself.
public final class HTTPTestClient: Sendable {
    /// What answers the requests.
    public typealias Responder =
        @Sendable (_ request: HTTPRequest, _ body: [UInt8]) async -> (
            response: HTTPResponse, body: [UInt8]
        )

    private let server: WebOrigin
    private let page: WebOrigin?
    private let cookies: CookieJar
    private let respond: Responder

    /// A program that sends requests to a server under `url`, which `respond` stands for.
    public convenience init(url: String = "http://localhost", respond: @escaping Responder) {
        self.init(server: WebOrigin(url), page: nil, cookies: CookieJar(), respond: respond)
    }

    /// A program on this machine, or at another address, that sends requests to an API.
    public convenience init(_ api: AuthAPI, url: String = "http://localhost", peer: String = "127.0.0.1") {
        let peer = IPAddress(peer)
        self.init(url: url) { request, body in await api.respond(to: request, body: body, peer: peer) }
    }

    private init(server: WebOrigin, page: WebOrigin?, cookies: CookieJar, respond: @escaping Responder) {
        self.server = server
        self.page = page
        self.cookies = cookies
        self.respond = respond
    }

    /// The same client as a page in a browser, with the same cookies.
    ///
    /// Its requests have `Sec-Fetch-Site` and, unless they are GET or HEAD to the page's own server, `Origin`. `origin` is like
    /// `https://app.example.com`; by default it is the server's own.
    public func page(of origin: String? = nil) -> HTTPTestClient {
        HTTPTestClient(server: server, page: origin.map(WebOrigin.init) ?? server, cookies: cookies, respond: respond)
    }

    /// The names of the cookies that the client holds.
    public var cookieNames: [String] { cookies.names }

    /// Sends a request.
    ///
    /// - Parameters:
    ///   - method: The method.
    ///   - path: The path, with the query.
    ///   - json: The body; none by default.
    ///   - token: An access token, for `Authorization`.
    ///   - fields: Further header fields.
    /// - Returns: The response; its cookies go into the client.
    public func send(
        _ method: HTTPRequest.Method, _ path: String, json: JSONValue? = nil, bearing token: String? = nil,
        fields: HTTPFields = [:]
    ) async -> HTTPTestResponse {
        var request = HTTPRequest(
            method: method, scheme: server.scheme, authority: server.authority, path: path, headerFields: fields)
        if json != nil { request.headerFields[.contentType] = "application/json" }
        if let token { request.headerFields[.authorization] = "Bearer \(token)" }
        if let header = cookies.header { request.headerFields[.cookie] = header }
        if let page {
            let isOwn = page == server
            if let name = HTTPField.Name("Sec-Fetch-Site") {
                let isSameSite = page.isSameSite(as: server)
                request.headerFields[name] = isOwn ? "same-origin" : isSameSite ? "same-site" : "cross-site"
            }
            if !isOwn || method != .get && method != .head { request.headerFields[.origin] = page.text }
        }
        let (response, body) = await respond(request, json?.serialized ?? [])
        cookies.take(response.headerFields[values: .setCookie])
        return HTTPTestResponse(response, body: body)
    }

    /// Sends GET.
    public func get(_ path: String, bearing token: String? = nil, fields: HTTPFields = [:]) async -> HTTPTestResponse {
        await send(.get, path, bearing: token, fields: fields)
    }

    /// Sends POST.
    public func post(
        _ path: String, json: JSONValue? = nil, bearing token: String? = nil, fields: HTTPFields = [:]
    ) async -> HTTPTestResponse {
        await send(.post, path, json: json, bearing: token, fields: fields)
    }

    /// Sends PATCH.
    public func patch(
        _ path: String, json: JSONValue? = nil, bearing token: String? = nil, fields: HTTPFields = [:]
    ) async -> HTTPTestResponse {
        await send(.patch, path, json: json, bearing: token, fields: fields)
    }

    /// Sends PUT.
    public func put(
        _ path: String, json: JSONValue? = nil, bearing token: String? = nil, fields: HTTPFields = [:]
    ) async -> HTTPTestResponse {
        await send(.put, path, json: json, bearing: token, fields: fields)
    }

    /// Sends DELETE.
    public func delete(_ path: String, bearing token: String? = nil, fields: HTTPFields = [:]) async -> HTTPTestResponse
    {
        await send(.delete, path, bearing: token, fields: fields)
    }
}
