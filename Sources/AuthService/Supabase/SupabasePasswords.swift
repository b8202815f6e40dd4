// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthCrypto
import AuthStore

/// Passwords and metadata as clients of this API send them.
extension SupabaseService {
    /// Reads a password.
    ///
    /// - Throws: `.validation`.
    static func password(_ text: String) throws(SupabaseError) -> Password {
        guard let password = try? Password(text) else {
            throw .validation(
                text.utf8.count > Password.maximumBytes ? SupabaseSentence.longPassword : SupabaseSentence.badPassword)
        }
        return password
    }

    /// Why the policy would refuse a password, in the contract's words, each once.
    func weakReasons(of password: Password, _ context: PasswordContext) throws(SupabaseError) -> [String] {
        var policy = core.settings.passwords
        if let minimum = try settings.passwordMinimum { policy.minimumLength = minimum }
        var reasons: [String] = []
        for violation in policy.violations(of: password, context: context) {
            if case .tooManyBytes = violation { throw .validation(SupabaseSentence.longPassword) }
            let reason = violation.supabaseReason
            if !reasons.contains(where: { $0.hasSameOctets(as: reason) }) { reasons.append(reason) }
        }
        return reasons
    }

    /// Checks a password that is to be set.
    ///
    /// - Throws: `.weakPassword`, `.validation` for one that is too long.
    func checkChosen(_ password: Password, _ context: PasswordContext) throws(SupabaseError) {
        let reasons = try weakReasons(of: password, context)
        guard reasons.isEmpty else { throw .weakPassword(reasons) }
    }

    /// Hashes a password that is to be set, unless it is known from a breach.
    func newHash(ofChosen password: Password) async throws(SupabaseError) -> StoredPasswordHash {
        do throws(AuthError) {
            return try await hashes.newHash(ofChosen: password, field: "password")
        } catch .invalid {
            throw .weakPassword([PasswordViolation.breached.supabaseReason])
        } catch {
            throw SupabaseError(error, at: .other)
        }
    }

    /// The metadata of a new user, as it is stored and as it is shown, without the members that a user cannot write.
    static func metadata(_ data: JSONObject?) throws(SupabaseError) -> (text: String, object: JSONObject) {
        guard let data else { return ("{}", JSONObject()) }
        let object = SupabaseView.stripped(data)
        do throws(MetadataFault) {
            return (try MetadataPatch(object).applied(to: "{}"), object)
        } catch {
            throw .validation(SupabaseSentence.longData)
        }
    }

    /// What a change of metadata is.
    static func patch(_ data: JSONObject?) throws(SupabaseError) -> MetadataPatch? {
        guard let data else { return nil }
        do throws(MetadataFault) {
            return try MetadataPatch(data)
        } catch {
            throw .validation(SupabaseSentence.longData)
        }
    }
}
