// SPDX-License-Identifier: Apache-2.0

public import AuthCore
public import AuthHTTP
public import AuthService
public import Logging

extension AuthAPI {
    /// Builds the interface with the pages of mailed actions beside the routes.
    ///
    /// `MailComposer` links to them where it is given `ActionLinks` of the same public URL.
    ///
    /// - Parameters:
    ///   - service: Started, and run by the embedder.
    ///   - absent: The actions whose pages are the application's own; nothing is served under their paths.
    ///   - configuration: How the interface presents itself.
    ///   - assets: Where the documentation pages take their scripts from.
    ///   - processMetrics: Numbers about the process that `/metrics` shows besides the interface's own.
    ///   - databasePool: The connections to the database; `nil` for none.
    ///   - logger: Where each request that took more than memory is logged.
    public init(
        withPagesOf service: AuthService, leavingOut absent: Set<MailedAction> = [], configuration: HTTPConfiguration,
        assets: DocumentationAssets = .contentDeliveryNetwork,
        processMetrics: @escaping @Sendable () -> [ProcessMetric] = { [] },
        databasePool: @escaping @Sendable () -> DatabasePool? = { nil }, logger: Logger = Logger(label: "authd")
    ) {
        self.init(
            withPagesOf: service, leavingOut: absent, beside: [], configuration: configuration, assets: assets,
            processMetrics: processMetrics, databasePool: databasePool, logger: logger)
    }

    /// The same, with the routes of further targets of the package beside the pages.
    package init(
        withPagesOf service: AuthService, leavingOut absent: Set<MailedAction> = [], beside groups: [any EndpointGroup],
        configuration: HTTPConfiguration, assets: DocumentationAssets = .contentDeliveryNetwork,
        processMetrics: @escaping @Sendable () -> [ProcessMetric] = { [] },
        databasePool: @escaping @Sendable () -> DatabasePool? = { nil }, logger: Logger = Logger(label: "authd")
    ) {
        let pages: any EndpointGroup = ActionEndpoints(
            reference: .live(service), configuration: configuration, absent: absent)
        self.init(
            service: service, beside: [pages] + groups, configuration: configuration, assets: assets,
            processMetrics: processMetrics, databasePool: databasePool, logger: logger)
    }
}
