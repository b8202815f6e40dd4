// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthDelivery
import AuthHTTP
import AuthService

/// The identity providers by which users may sign in, and where authd may reach them.
struct ProvidersConfiguration: Sendable {
    /// In the order in which they are listed.
    var providers: [ConfiguredProvider] = []
    /// Where requests to them may go.
    var destinations = FetchDestinations.publicInternet

    /// The provider of a name.
    func provider(named name: ProviderName) -> ConfiguredProvider? { providers.first { $0.provider.name == name } }
}

extension DaemonConfiguration {
    /// The address that a provider sends browsers back to, as the operator registers it there.
    func redirectURI(of name: ProviderName) -> String {
        "\(http.publicURL ?? http.localURL)/auth/providers/\(name.text)/callback"
    }

    /// The same for sign-ins through Supabase's API; `nil` while it is off.
    func supabaseRedirectURI(of name: ProviderName) -> String? {
        service.supabase.map { "\($0.baseURL)/callback/\(name.text)" }
    }
}
