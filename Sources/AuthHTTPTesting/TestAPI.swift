// SPDX-License-Identifier: Apache-2.0

public import AuthHTTP
public import AuthTesting
package import Logging

/// A service in memory with its HTTP interface, for the tests of embedding services.
///
/// ```swift
/// let test = try await TestAPI()
/// let token = try await test.authority.signIn(as: "ada", role: .admin).accessToken
/// #expect(await test.client().get("/users", bearing: token).status == 200)
/// test.authority.clock.advance(by: .seconds(1_800))
/// #expect(await test.client().get("/users", bearing: token).problem == "invalid_token")
/// ```
public struct TestAPI: Sendable {
    /// The service, its clock and its mail.
    public let authority: TestAuthority
    /// The interface.
    public let api: AuthAPI
    /// How the interface presents itself.
    public let configuration: HTTPConfiguration

    /// Puts an interface before a service.
    ///
    /// `configure` changes the interface's configuration, in which nothing is limited.
    public init(_ authority: TestAuthority, configure: (inout HTTPConfiguration) -> Void = { _ in }) {
        self.init(authority, beside: { _ in [] }, configure: configure)
    }

    /// The same with the routes of further targets of the package, which are made for the configuration.
    package init(
        _ authority: TestAuthority, beside groups: (HTTPConfiguration) -> [any EndpointGroup],
        logger: Logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
        configure: (inout HTTPConfiguration) -> Void = { _ in }
    ) {
        self.authority = authority
        var configuration = HTTPConfiguration()
        configuration.limits.isEnabled = false
        configure(&configuration)
        self.configuration = configuration
        api = AuthAPI(
            service: authority.service, beside: groups(configuration), configuration: configuration, requestIDSeed: 1,
            logger: logger)
    }

    /// Makes a service with the default settings, and puts an interface before it.
    ///
    /// - Throws: `TestAuthorityError` if the service does not start.
    public init(configure: (inout HTTPConfiguration) -> Void = { _ in }) async throws(TestAuthorityError) {
        self.init(try await TestAuthority(), configure: configure)
    }

    /// A client without cookies, under the address that the configuration names, else under `http://localhost`.
    public func client() -> HTTPTestClient {
        HTTPTestClient(api, url: configuration.publicURL ?? "http://localhost")
    }
}
