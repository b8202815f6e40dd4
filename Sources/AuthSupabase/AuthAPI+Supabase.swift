// SPDX-License-Identifier: Apache-2.0

public import AuthCore
public import AuthHTTP
internal import AuthPages
public import AuthService
public import Logging

extension AuthAPI {
    /// Builds the interface with Supabase's API and the pages of mailed actions beside the routes.
    ///
    /// The API is there where `AuthSettings.supabase` is set; otherwise nothing of it is reachable.
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
        withSupabaseOf service: AuthService, leavingOut absent: Set<MailedAction> = [],
        configuration: HTTPConfiguration, assets: DocumentationAssets = .contentDeliveryNetwork,
        processMetrics: @escaping @Sendable () -> [ProcessMetric] = { [] },
        databasePool: @escaping @Sendable () -> DatabasePool? = { nil }, logger: Logger = Logger(label: "authd")
    ) {
        let groups: [any EndpointGroup] =
            service.settings.supabase == nil
            ? [] : [SupabaseEndpoints(service: service, configuration: configuration)]
        self.init(
            withPagesOf: service, leavingOut: absent, beside: groups, configuration: configuration, assets: assets,
            processMetrics: processMetrics, databasePool: databasePool, logger: logger)
    }
}
