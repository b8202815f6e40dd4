// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthTokens

extension SettingReader {
    /// Warns of settings that were given and have no effect beside the others.
    mutating func warnAboutUnused(
        _ environment: DaemonConfiguration.Environment, _ database: DaemonConfiguration.Database?
    ) {
        warnUnused(
            Self.ofPostgres, if: database.map(\.isPostgres) == false,
            "has no effect without PostgreSQL; name such a database in DATABASE_URL, or remove the setting.")
        if case .memory = database {
            warnUnused(
                [.auditHeadFile], if: true, "has no effect with DATABASE_URL=memory:; name a database, or remove it.")
        }
        warnUnused(
            [.devAllowRemote], if: environment == .production,
            "has no effect in production; remove it, or set ENVIRONMENT=development.")
        warnUnused(
            Self.ofRateLimits, if: isOff(.rateLimitEnabled),
            "has no effect with RATE_LIMIT_ENABLED=false; set that to true, or remove the setting.")
        warnUnused(
            [.docsAssetsDir], if: isOff(.docsEnabled),
            "has no effect with DOCS_ENABLED=false; set that to true, or remove the setting.")
        warnUnused(
            [.trustedProxyHeader], if: list(.trustedProxies).isEmpty,
            "has no effect without TRUSTED_PROXIES; name the networks of the proxies, or remove the setting.")
        warnUnused(
            [.sessionLimitPolicy], if: text(.sessionLimitPerUser) == "0",
            "has no effect with SESSION_LIMIT_PER_USER=0; set a limit, or remove the setting.")
        if isGiven(.requireVerifiedEmail), isOff(.requireVerifiedEmail), isOn(.registrationPrivacy) {
            warn(
                "REQUIRE_VERIFIED_EMAIL=false has no effect with REGISTRATION_PRIVACY=true, which implies it; remove one of "
                    + "them.")
        }
        if isGiven(.requireVerifiedEmail), isOff(.requireVerifiedEmail), isForDomains {
            warn(
                "REQUIRE_VERIFIED_EMAIL=false has no effect with REGISTRATION=domains, which implies it; remove one of them."
            )
        }
        warnUnused(
            [.verifyOnRegistration],
            if: isOn(.requireVerifiedEmail) || isOn(.registrationPrivacy) || isForDomains,
            "has no effect where addresses must be verified, as REQUIRE_VERIFIED_EMAIL, REGISTRATION_PRIVACY and "
                + "REGISTRATION=domains demand; remove it.")
        warnUnused(
            [.registrationDomains], if: !isForDomains,
            "has no effect without REGISTRATION=domains; set that, or remove the setting.")
        warnUnused(
            [.hostedPages], if: !isGiven(.passwordResetURL) && !isGiven(.emailVerificationURL),
            "has no effect without PASSWORD_RESET_URL and EMAIL_VERIFICATION_URL, which name pages to be left out; set one, or "
                + "remove the setting.")
        warnUnused(
            [.providerReturnTo, .fetchAllowedNetworks], if: list(.providers).isEmpty,
            "has no effect without PROVIDERS; name an identity provider there, or remove the setting.")
        warnUnused(
            [.redirectAllowList], if: list(.providers).isEmpty && !isOn(.supabaseAPI),
            "has no effect without PROVIDERS and SUPABASE_API; set one of them, or remove the setting.")
        warnUnused(
            Self.ofSupabase, if: !isOn(.supabaseAPI),
            "has no effect without SUPABASE_API; set that to true, or remove the setting.")
        warnAboutUnusedKeys()
        warnUnused(
            Self.ofSMTP, if: !isGiven(.smtpHost),
            "has no effect without SMTP_HOST; name a mail server, or remove the setting.")
    }

    private mutating func warnAboutUnusedKeys() {
        if let algorithm: SignatureAlgorithm = word(.algorithm) {
            warnUnused(
                [.keyRotationDays], if: algorithm.isSymmetric,
                "has no effect with ALGORITHM=\(algorithm.rawValue), whose key is SECRET_KEY; remove it.")
            warnUnused(
                [.secretKeyPrevious], if: !algorithm.isSymmetric,
                "has no effect with ALGORITHM=\(algorithm.rawValue), whose keys are in the database; remove it.")
        }
        let isBcrypt = choice(.passwordHash) == "bcrypt"
        warnUnused(
            [.argon2MemoryKiB, .argon2Iterations], if: isBcrypt,
            "has no effect with PASSWORD_HASH=bcrypt; remove it, or set PASSWORD_HASH=argon2id.")
        warnUnused(
            [.bcryptCost], if: !isBcrypt,
            "has no effect with PASSWORD_HASH=argon2id; remove it, or set PASSWORD_HASH=bcrypt.")
    }

    /// Says nothing of a value that is the default.
    private mutating func warnUnused(_ keys: [SettingKey], if condition: Bool, _ predicate: String) {
        guard condition else { return }
        for key in keys {
            guard let text = givenText(key), !Self.isDefault(text, of: Setting.of(key)) else { continue }
            warn("\(key.rawValue) \(predicate)")
        }
    }

    /// Whether a value says the same as the default, in whatever words.
    private static func isDefault(_ text: String, of setting: Setting) -> Bool {
        guard let standard = setting.defaultValue else { return false }
        return setting.kind == .flag
            ? boolean(text) == boolean(standard) : text.lowercased() == standard.lowercased()
    }

    private var isForDomains: Bool {
        text(.registration)?.lowercased().hasSameOctets(as: RegistrationMode.domains.rawValue) == true
    }

    private func isOff(_ key: SettingKey) -> Bool { text(key).flatMap(Self.boolean) == false }

    private func isOn(_ key: SettingKey) -> Bool { text(key).flatMap(Self.boolean) == true }

    private static let ofPostgres: [SettingKey] = [
        .poolSize, .poolOverflow, .poolTimeout, .poolRecycle, .pooler, .connectTimeout, .startTimeout,
    ]

    private static let ofRateLimits: [SettingKey] = [
        .rateLimitSignIn, .rateLimitRegister, .rateLimitRefresh, .rateLimitMail, .rateLimitRedeem, .rateLimitPage,
        .rateLimitWrite, .rateLimitRead, .rateLimitMultipliers, .mailLimitPerAddress, .mailLimitPerDay,
    ]

    private static let ofSupabase: [SettingKey] = [
        .supabaseSiteURL, .supabaseAutoconfirm, .supabaseAnonymous, .supabaseManualLinking, .supabaseManageAdmins,
        .supabaseImplicitFlow, .supabaseSecureEmailChange, .supabaseMailInterval, .supabasePasswordMinimum,
        .supabaseCodeDigits, .supabaseCodeMinutes, .supabaseLinkHours, .supabaseVerifyOnGet, .supabaseJWTSecret,
    ]

    private static let ofSMTP: [SettingKey] = [
        .smtpPort, .smtpUser, .smtpPassword, .smtpSecurity, .smtpCAFile, .emailsFromEmail, .emailsFromName,
    ]
}

extension DaemonConfiguration.Database {
    /// Whether it is a server's.
    fileprivate var isPostgres: Bool {
        switch self {
        case .memory, .sqlite: false
        case .postgres: true
        }
    }
}
