// SPDX-License-Identifier: Apache-2.0

public import AuthCore
import AuthStore

/// The keys that sign access tokens.
public struct KeyService: Sendable {
    let core: ServiceCore
    let tokenKeys: TokenKeys
    let principals: PrincipalCache

    /// The published key set as JSON.
    public var jwks: [UInt8] { tokenKeys.jwks }

    /// How long a verifier may cache ``jwks``.
    public var jwksLifetime: Duration { TokenKeys.keySetLifetime }

    /// Every signing key in the store.
    ///
    /// - Throws: `.unavailable`, `.internalFailure`, `.cancelled`.
    public func list() async throws(AuthError) -> [SigningKeyDescription] {
        try await core.inStore { store throws(StoreError) in
            try await store.signingKeys().map(SigningKeyDescription.init)
        }
    }

    /// Carries out an operator's command about the signing keys.
    ///
    /// The other processes follow through the feed.
    ///
    /// - Throws: `.unavailable`, `.internalFailure`, `.cancelled`.
    public func perform(_ command: KeyCommand) async throws(AuthError) {
        try await update(command: command)
        principals.removeAll()
    }

    /// Takes the steps that are due, and those of a command, and applies the changes to this process.
    func update(command: KeyCommand? = nil, trustsClock: Bool = true) async throws(AuthError) {
        let context = core.context(ClientContext())
        do throws(TokenKeys.UpdateFailure) {
            let changes = try await tokenKeys.update(context: context, command: command, trustsClock: trustsClock)
            core.directory.apply(changes, at: context.now)
        } catch {
            switch error {
            case .store(let failure): throw core.translate(failure)
            case .unusable: throw .internalFailure
            }
        }
    }
}
