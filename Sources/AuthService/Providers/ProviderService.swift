// SPDX-License-Identifier: Apache-2.0

public import AuthCore

/// Sign-in by identity providers, and the identities that users have there.
public struct ProviderService: Sendable {
    let core: ServiceCore
    let connections: ProviderConnections
    let secrets: ProviderFlowSecrets
    let issuer: SessionIssuer
    let devices: DeviceTokens
    let newDevices: NewDeviceNotices
    let secondFactors: (any SignInFactorChecking)?
    /// Whether mails can be sent, by which a user could sign in.
    let canMail: Bool

    /// The providers that are configured, in the order of the configuration.
    public func list() -> [ProviderSummary] {
        connections.all.map { connection in
            ProviderSummary(name: connection.provider.name, displayName: connection.provider.displayName)
        }
    }

    /// Whether a provider of this name is configured.
    public func has(_ name: ProviderName) -> Bool { connections.connection(to: name) != nil }

    /// The provider of this name.
    ///
    /// - Throws: `.unknownProvider`.
    func connection(_ name: ProviderName) throws(AuthError) -> ProviderConnection {
        guard let connection = connections.connection(to: name) else { throw .unknownProvider }
        return connection
    }
}
