// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthCrypto
import AuthStore

/// Supabase's API as use cases: its answers, demands and words are the contract's, and below them are the users, sessions,
/// mails and providers of the other subjects.
///
/// Only an adapter for that API calls it, and only where `AuthSettings.supabase` is set; without it every use case answers as
/// one that is not served, and nothing is written.
public struct SupabaseService: Sendable {
    let core: ServiceCore
    let tokenKeys: TokenKeys
    let hashes: PasswordHashes
    let attempts: PasswordAttempts
    let issuer: SessionIssuer
    let tokens: OneTimeTokenIssuer
    let mail: MailDispatch
    let providers: ProviderService
    let newDevices: NewDeviceNotices
    let secondFactors: (any SignInFactorChecking)?
    /// Names budgets and keys in the store.
    let secrets: SupabaseSecrets
    /// The key that signs API keys.
    let apiKeys: SupabaseSigningKeys

    /// The settings.
    ///
    /// - Throws: `.featureDisabled` where the API is off.
    var settings: SupabaseSettings {
        get throws(SupabaseError) {
            guard let settings = core.settings.supabase else { throw .featureDisabled }
            return settings
        }
    }

    /// Runs native work and translates what it fails with.
    func native<Value>(
        at surface: SupabaseSurface, _ body: () async throws(AuthError) -> Value
    ) async throws(SupabaseError) -> Value {
        do throws(AuthError) {
            return try await body()
        } catch {
            throw SupabaseError(error, at: surface)
        }
    }
}
