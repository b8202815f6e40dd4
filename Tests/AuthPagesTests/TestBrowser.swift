// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthHTTP
import AuthHTTPServer
import AuthPages
import AuthService
import AuthStore
import AuthTestSupport
import AuthTesting
import HTTPTypes
import Logging
import Testing

/// A service in memory whose mails lead to pages that are served.
struct PageFixture {
    static let url = "https://id.example.test"
    static let address = "ada@example.test"

    let authority: TestAuthority
    let api: AuthAPI

    /// Unlimited where no limits are given.
    init(leavingOut absent: Set<MailedAction> = [], limits: RateLimits? = nil) async throws {
        var settings = AuthSettings(issuer: Self.url)
        settings.signsInByMail = true
        authority = try await TestAuthority(settings: settings)
        var configuration = HTTPConfiguration()
        configuration.appName = "Shop"
        configuration.publicURL = Self.url
        if let limits { configuration.limits = limits } else { configuration.limits.isEnabled = false }
        api = AuthAPI(
            withPagesOf: authority.service, leavingOut: absent, configuration: configuration,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        _ = try await authority.signIn(as: "ada")
    }

    /// A browser without cookies.
    func browser() -> TestBrowser { TestBrowser(api) }

    /// The token and the code of the last mail to an address.
    func mail(to address: String = address) async throws -> (token: String, code: String) {
        await authority.service.completeDeferredWork()
        let message = try #require(
            authority.mailer.messages(to: EmailAddress(address)).last { $0.oneTimeToken != nil })
        return (try #require(message.token), try #require(message.code?.text.revealed))
    }

    /// Everything that was written about users, sessions and mails so far.
    func audit() async throws -> [AuditAction] {
        await authority.service.completeDeferredWork()
        return try await authority.store.auditEvents(matching: AuditQuery(limit: 100)).map(\.event.action)
    }

    /// Whether a password signs in.
    func signsIn(_ password: String = TestAuthority.password) async -> Bool {
        let body = #"{"username":"ada","password":"\#(password)"}"#
        return await browser().send(.post, "/auth/login", body, "application/json").status == 200
    }
}

/// What a browser was shown.
struct Shown {
    let status: Int
    let text: String
    let fields: HTTPFields

    subscript(name: String) -> String? { HTTPField.Name(name).flatMap { fields[$0] } }

    /// The fields of the page's first form that are filled in already.
    var hidden: [String: String] {
        get throws {
            let inputs = try HTMLPage(text).elements.filter {
                $0.name == "input" && $0.attributes["type"] == "hidden"
            }
            return Dictionary(
                inputs.compactMap { input in
                    guard let name = input.attributes["name"], let value = input.attributes["value"] else { return nil }
                    return (name, value)
                }
            ) { first, _ in first }
        }
    }

    var hasForm: Bool { text.contains("<form") }
    func asks(for field: ActionField) -> Bool { text.contains("name=\"\(field.rawValue)\" type=") }
}

/// Keeps cookies, and sends what a browser sends from the pages of the service.
final class TestBrowser {
    private let api: AuthAPI
    private(set) var cookies: [String: String] = [:]

    init(_ api: AuthAPI) {
        self.api = api
    }

    func open(_ path: String, language: String? = nil) async -> Shown {
        var fields = HTTPFields()
        fields[.acceptLanguage] = language
        return await send(.get, path, fields: fields)
    }

    /// Sends a form of a page, as the policy of the page has it: without an origin of its own.
    func submit(
        _ path: String, _ form: [String: String], origin: String? = "null", site: String? = "same-origin"
    ) async -> Shown {
        var fields = HTTPFields()
        fields[.origin] = origin
        if let name = HTTPField.Name("Sec-Fetch-Site") { fields[name] = site }
        let body = form.map { "\(PercentEncoding.encode($0))=\(PercentEncoding.encode($1))" }.joined(separator: "&")
        return await send(.post, path, body, "application/x-www-form-urlencoded", fields: fields)
    }

    /// Asks the interface for a mail, as a page of the application does; the handle goes into a cookie.
    func ask(_ path: String, for address: String = PageFixture.address) async -> Shown {
        var fields = HTTPFields()
        fields[.origin] = PageFixture.url
        if let name = HTTPField.Name("X-Auth-Mode") { fields[name] = "cookie" }
        return await send(.post, path, #"{"email":"\#(address)"}"#, "application/json", fields: fields)
    }

    func send(
        _ method: HTTPRequest.Method, _ path: String, _ body: String = "", _ type: String? = nil,
        fields: HTTPFields = [:]
    ) async -> Shown {
        var request = HTTPRequest(
            method: method, scheme: "https", authority: "id.example.test", path: path, headerFields: fields)
        request.headerFields[.contentType] = type
        if !cookies.isEmpty {
            request.headerFields[.cookie] = cookies.map { "\($0)=\($1)" }.joined(separator: "; ")
        }
        let (response, bytes) = await api.respond(
            to: request, body: Array(body.utf8), peer: IPAddress("192.0.2.1"))
        for field in response.headerFields[values: .setCookie] {
            let parts = field.split(separator: ";")[0].split(separator: "=", maxSplits: 1)
            let value = parts.count == 2 ? String(parts[1]) : ""
            cookies[String(parts[0])] = value.isEmpty ? nil : value
        }
        return Shown(
            status: response.status.code, text: String(decoding: bytes, as: UTF8.self), fields: response.headerFields)
    }
}
