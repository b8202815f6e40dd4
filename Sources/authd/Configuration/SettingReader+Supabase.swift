// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthService
import AuthTokens

extension SettingReader {
    /// The most entries of `REDIRECT_ALLOW_LIST`, each of which a target may be compared with.
    static let mostRedirects = RedirectAllowList.maximumCount
    /// The digits of a code below which the start warns.
    static let usualCodeDigits = 8

    /// Puts Supabase's API into the settings of the service where it is on, and the allowed redirects in any case.
    ///
    /// All settings of the group are read also while it is off, so that junk does not wait there.
    mutating func supabase(
        _ environment: DaemonConfiguration.Environment, publicURL: String?, localURL: String,
        providers: ProvidersConfiguration, into service: inout AuthSettings
    ) {
        let isOn = flag(.supabaseAPI)
        let redirects = redirects(origin: publicURL ?? localURL)
        let flags = supabaseFlags()
        let numbers = supabaseNumbers()
        let secret = supabaseSecret()
        if let redirects, !list(.redirectAllowList).isEmpty { service.redirectAllowList = redirects }
        guard isOn else { return warnAboutMissingNonces(providers, isOn: false) }
        checkSupabase(environment, publicURL)
        guard let redirects else { return }
        var settings = SupabaseSettings(baseURL: (publicURL ?? localURL) + "/auth/v1", redirects: redirects)
        settings.autoconfirm = flags.autoconfirm
        settings.isAnonymousAllowed = flags.isAnonymousAllowed
        settings.linksManually = flags.linksManually
        settings.managesAdmins = flags.managesAdmins
        settings.allowsImplicitFlow = flags.allowsImplicitFlow
        settings.changesAddressSecurely = flags.changesAddressSecurely
        settings.verifiesOnGet = flags.verifiesOnGet
        settings.mailInterval = .seconds(numbers.mailInterval)
        settings.passwordMinimum = numbers.passwordMinimum
        settings.codeDigits = numbers.codeDigits
        settings.codeLifetime = .seconds(60 * numbers.codeMinutes)
        settings.linkLifetime = .seconds(3_600 * numbers.linkHours)
        settings.bareSecret = secret
        service.supabase = settings
        checkAutoconfirm(flags.autoconfirm, service)
        warnAboutSupabase(flags, numbers, hasSecret: secret != nil, service)
        warnAboutMissingNonces(providers, isOn: true)
    }

    // MARK: Values

    private struct SupabaseFlags {
        var autoconfirm: Bool
        var isAnonymousAllowed: Bool
        var linksManually: Bool
        var managesAdmins: Bool
        var allowsImplicitFlow: Bool
        var changesAddressSecurely: Bool
        var verifiesOnGet: Bool
    }

    private struct SupabaseNumbers {
        var mailInterval: Int
        var passwordMinimum: Int?
        var codeDigits: Int
        var codeMinutes: Int
        var linkHours: Int
    }

    private mutating func supabaseFlags() -> SupabaseFlags {
        SupabaseFlags(
            autoconfirm: flag(.supabaseAutoconfirm), isAnonymousAllowed: flag(.supabaseAnonymous),
            linksManually: flag(.supabaseManualLinking), managesAdmins: flag(.supabaseManageAdmins),
            allowsImplicitFlow: flag(.supabaseImplicitFlow),
            changesAddressSecurely: flag(.supabaseSecureEmailChange), verifiesOnGet: flag(.supabaseVerifyOnGet))
    }

    private mutating func supabaseNumbers() -> SupabaseNumbers {
        SupabaseNumbers(
            mailInterval: integer(.supabaseMailInterval), passwordMinimum: optionalInteger(.supabasePasswordMinimum),
            codeDigits: integer(.supabaseCodeDigits), codeMinutes: integer(.supabaseCodeMinutes),
            linkHours: integer(.supabaseLinkHours))
    }

    private mutating func supabaseSecret() -> SigningKey? {
        guard let secret = givenText(.supabaseJWTSecret) else { return nil }
        if let weakness = SecretStrength.weakness(of: secret, minimumBytes: 32) {
            refuse(.supabaseJWTSecret, weakness.predicate)
            return nil
        }
        var others = list(.secretKeyPrevious) + list(.rootKeyPrevious) + list(.changeFeedSecrets)
        others += [SettingKey.secretKey, .rootKey].compactMap { givenText($0) }
        if others.contains(where: { $0.hasSameOctets(as: secret) }) {
            refuse(
                .supabaseJWTSecret,
                "is the same as SECRET_KEY, ROOT_KEY or one of CHANGE_FEED_SECRETS; each needs a secret of its own.")
            return nil
        }
        // A secret that is too short was noted before.
        return try? SigningKey(secret: secret.utf8, algorithm: .hs256)
    }

    // MARK: Redirects

    /// Where links and sign-ins may lead to; `nil` where a problem was noted.
    private mutating func redirects(origin: String) -> RedirectAllowList? {
        let entries = list(.redirectAllowList)
        for entry in entries where !Self.isRedirect(entry) { refuseRedirect(entry) }
        let given = givenText(.supabaseSiteURL)
        if let given, !Self.isSite(given) {
            let bare = "https://" + given
            let remedy =
                !given.contains("://") && Self.isSite(bare)
                ? "\(bare) may be meant" : "write the application's address, as in https://app.example.com"
            refuse(
                .supabaseSiteURL,
                "is no https URL (http on the same machine) without user, parameters and fragment; \(remedy).")
            return nil
        }
        if entries.count > Self.mostRedirects {
            refuse(
                .redirectAllowList,
                "has more than \(Self.mostRedirects) entries; write patterns such as https://app.example.com/**.")
            return nil
        }
        guard entries.allSatisfy({ Self.isRedirect($0) }) else { return nil }
        if let redirects = try? RedirectAllowList(site: given ?? origin, globs: entries) { return redirects }
        // Only where it is needed: otherwise every PUBLIC_URL will do.
        if flag(.supabaseAPI) || !entries.isEmpty {
            refuse(
                .supabaseSiteURL,
                "is not set, and PUBLIC_URL is no address of one host that could stand for it; set it, as in "
                    + "https://app.example.com.")
        }
        return nil
    }

    private mutating func refuseRedirect(_ entry: String) {
        let quoted = Self.quoted(entry)
        let bare = "https://" + entry
        let remedy =
            !entry.contains("://") && Self.isRedirect(bare)
            ? "\(bare) may be meant" : "write a URL such as https://app.example.com/**, whose host has a name"
        refuse(
            .redirectAllowList,
            "has the entry \(quoted), which is no address of one host and no pattern of such addresses; \(remedy).")
    }

    private static func isRedirect(_ entry: String) -> Bool {
        (try? RedirectAllowList(site: "https://app.example.com", globs: [entry])) != nil
    }

    private static func isSite(_ url: String) -> Bool {
        guard let address = WebAddress(url), (try? RedirectAllowList(site: url, globs: [])) != nil else { return false }
        return address.isSecure || isLoopback(address.host.filter { $0 != "[" && $0 != "]" })
    }

    // MARK: Together with others

    private mutating func checkSupabase(_ environment: DaemonConfiguration.Environment, _ publicURL: String?) {
        // What is none of the algorithms was noted.
        if let algorithm: SignatureAlgorithm = word(.algorithm), ![.es256, .rs256, .hs256].contains(algorithm) {
            refuse(
                .supabaseAPI,
                "cannot be used with ALGORITHM=\(algorithm.rawValue), which its libraries do not read; set ES256, RS256 or "
                    + "HS256.")
        }
        if environment == .production, publicURL?.utf8.starts(with: "https://".utf8) != true {
            refuse(
                .supabaseAPI,
                "needs a PUBLIC_URL that is https in production, because links and tokens name it; set it, as in "
                    + "https://id.example.com.")
        }
    }

    private mutating func checkAutoconfirm(_ isOn: Bool, _ service: AuthSettings) {
        guard isOn, service.requiresVerifiedEmail else { return }
        refuse(
            .supabaseAutoconfirm,
            "lets users in without the proof that REQUIRE_VERIFIED_EMAIL, REGISTRATION_PRIVACY and REGISTRATION=domains "
                + "demand; remove it, or those.")
    }

    private mutating func warnAboutSupabase(
        _ flags: SupabaseFlags, _ numbers: SupabaseNumbers, hasSecret: Bool, _ service: AuthSettings
    ) {
        if flags.autoconfirm {
            warn(
                "SUPABASE_AUTOCONFIRM is on: users sign in with addresses that they have not proven, and /auth/v1 calls these "
                    + "confirmed; use it for trials alone.")
        }
        if flags.managesAdmins {
            warn(
                "SUPABASE_MANAGE_ADMINS is on: every holder of a key of the admin API can become an administrator of authd; "
                    + "remove it unless all of them are.")
        }
        if flags.verifiesOnGet {
            warn(
                "SUPABASE_VERIFY_ON_GET is on: a mail scanner that opens a link uses it up before its reader can; remove it "
                    + "unless clients open links by themselves.")
        }
        if hasSecret {
            warn(
                "SUPABASE_JWT_SECRET is set: its holders have the whole admin API, unnamed in the audit log; use the keys of "
                    + "`authd supabase keys`, and remove it.")
        }
        if numbers.codeDigits > 0, numbers.codeDigits < Self.usualCodeDigits {
            warn(
                "SUPABASE_CODE_DIGITS is \(numbers.codeDigits): each digit below \(Self.usualCodeDigits) makes a guess ten times "
                    + "as likely to be right; raise it.")
        }
        if let minimum = numbers.passwordMinimum, minimum < service.passwords.minimumLength {
            warn(
                "SUPABASE_PASSWORD_MIN_LENGTH is \(minimum), but every other route asks for "
                    + "\(service.passwords.minimumLength) characters; raise it.")
        }
    }

    private mutating func warnAboutMissingNonces(_ providers: ProvidersConfiguration, isOn: Bool) {
        for provider in providers.providers where provider.allowsMissingNonce {
            let name = ProviderSettingKey(provider.provider.name, .allowMissingNonce).text
            warn(
                isOn
                    ? "\(name) is on: an id token that an attacker took from its user signs the attacker in; remove it unless "
                        + "the app's SDK knows no nonce."
                    : "\(name) has no effect without SUPABASE_API; set that to true, or remove the setting.")
        }
    }
}
