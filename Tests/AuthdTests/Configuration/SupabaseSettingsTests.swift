// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthService
import AuthTestSupport
import Testing

@testable import authd

@Suite("Settings of Supabase's API")
struct SupabaseSettingsTests {
    static let on: Variables = ["SUPABASE_API": "on", "PUBLIC_URL": "https://id.example.com"]

    private func read(_ variables: Variables) throws -> DaemonConfiguration {
        try DaemonConfiguration.read(Self.on.merging(variables) { $1 })
    }

    private func settings(_ variables: Variables = [:]) throws -> SupabaseSettings {
        try #require(try read(variables).service.supabase)
    }

    @Test("without SUPABASE_API there is no API, whatever else is set")
    func off() throws {
        #expect(try DaemonConfiguration.read([:]).service.supabase == nil)
        let others: Variables = [
            "SUPABASE_SITE_URL": "https://app.example.com", "SUPABASE_ANONYMOUS": "true",
            "SUPABASE_AUTOCONFIRM": "true",
            "SUPABASE_JWT_SECRET": Secrets.strong, "REGISTRATION_PRIVACY": "true", "ALGORITHM": "EdDSA",
        ]
        let configuration = try DaemonConfiguration.read(others)
        #expect(configuration.service.supabase == nil && configuration.service.redirectAllowList == nil)
    }

    @Test("the words for yes switch it on, as they do every other one", arguments: ["on", "true", "YES", "1"])
    func words(_ word: String) throws {
        #expect(try read(["SUPABASE_API": word]).service.supabase != nil)
    }

    @Test("the defaults are those of the reference")
    func defaults() throws {
        let settings = try settings()
        #expect(settings.baseURL == "https://id.example.com/auth/v1")
        #expect(settings.redirects.site.text.hasPrefix("https://id.example.com"))
        #expect(!settings.autoconfirm && !settings.isAnonymousAllowed && !settings.linksManually)
        #expect(!settings.managesAdmins && !settings.verifiesOnGet)
        #expect(settings.allowsImplicitFlow && settings.changesAddressSecurely)
        #expect(settings.mailInterval == .seconds(60) && settings.passwordMinimum == nil)
        #expect(settings.codeDigits == 8 && settings.codeLifetime == .seconds(600))
        #expect(settings.linkLifetime == .seconds(3_600) && settings.bareSecret == nil)
        #expect(settings.audience == "authenticated")
        #expect(try read([:]).service.redirectAllowList == nil)
    }

    @Test("every setting arrives where the service reads it")
    func given() throws {
        let settings = try settings([
            "SUPABASE_SITE_URL": "https://app.example.com", "SUPABASE_AUTOCONFIRM": "true",
            "SUPABASE_ANONYMOUS": "true", "SUPABASE_MANUAL_LINKING": "true", "SUPABASE_MANAGE_ADMINS": "true",
            "SUPABASE_IMPLICIT_FLOW": "false", "SUPABASE_SECURE_EMAIL_CHANGE": "false",
            "SUPABASE_MAIL_INTERVAL_SECONDS": "0", "SUPABASE_PASSWORD_MIN_LENGTH": "6", "SUPABASE_CODE_DIGITS": "6",
            "SUPABASE_CODE_MINUTES": "60", "SUPABASE_LINK_HOURS": "24", "SUPABASE_VERIFY_ON_GET": "true",
            "SUPABASE_JWT_SECRET": Secrets.strong,
        ])
        #expect(settings.redirects.site.text.hasPrefix("https://app.example.com"))
        #expect(settings.autoconfirm && settings.isAnonymousAllowed && settings.linksManually)
        #expect(settings.managesAdmins && settings.verifiesOnGet)
        #expect(!settings.allowsImplicitFlow && !settings.changesAddressSecurely)
        #expect(settings.mailInterval == .zero && settings.passwordMinimum == 6 && settings.codeDigits == 6)
        #expect(settings.codeLifetime == .seconds(3_600) && settings.linkLifetime == .seconds(86_400))
        #expect(settings.bareSecret != nil)
    }

    @Test("in development the local address stands for PUBLIC_URL, over http too")
    func development() throws {
        let configuration = try DaemonConfiguration.read([
            "SUPABASE_API": "true", "ENVIRONMENT": "development", "PORT": "9000",
        ])
        let settings = try #require(configuration.service.supabase)
        #expect(settings.baseURL == "http://localhost:9000/auth/v1")
        #expect(settings.redirects.admits("http://localhost:9000/welcome") != nil)
    }

    @Test("targets are those of the site and of the list, and the list is for return_to also while the API is off")
    func redirects() throws {
        let list = ["REDIRECT_ALLOW_LIST": "https://*-team.example.app/**, com.example.app:/welcome"]
        let service = try read(list.merging(["SUPABASE_SITE_URL": "https://app.example.com"]) { $1 }).service
        let redirects = try #require(service.supabase?.redirects)
        #expect(redirects.admits("https://app.example.com/any/path?a=b") != nil)
        #expect(redirects.admits("https://one-team.example.app/x/y") != nil)
        #expect(redirects.admits("com.example.app:/welcome") != nil)
        #expect(redirects.admits("https://one.example.app/") == nil)
        #expect(redirects.admits("https://app.example.com.evil.example/") == nil)
        #expect(service.redirectAllowList == redirects)

        let native = try DaemonConfiguration.read(ProviderSettingsTests.google.merging(list) { $1 })
        #expect(native.service.redirectAllowList?.admits("https://one-team.example.app/x") != nil)
        #expect(native.service.supabase == nil)
        #expect(!native.warnings.contains { $0.hasPrefix("REDIRECT_ALLOW_LIST") })
    }

    @Test(
        "what weakens it is warned of at the start, in one sentence",
        arguments: [
            ["SUPABASE_AUTOCONFIRM": "true"], ["SUPABASE_MANAGE_ADMINS": "true"], ["SUPABASE_VERIFY_ON_GET": "true"],
            ["SUPABASE_CODE_DIGITS": "7"], ["SUPABASE_PASSWORD_MIN_LENGTH": "7"],
            ["SUPABASE_JWT_SECRET": Secrets.strong],
        ])
    func warnings(_ variables: Variables) throws {
        let plain = try read([:]).warnings
        let added = try read(variables).warnings.filter { !plain.contains($0) }
        let name = try #require(variables.keys.first)
        #expect(added.count == 1 && added.first?.hasPrefix("\(name) is ") == true, "\(added)")
        #expect(!added.contains { $0.contains(Secrets.strong) })
    }

    @Test(
        "as strong a value as the default, and a safer one, is not warned of",
        arguments: [
            ["SUPABASE_CODE_DIGITS": "10"], ["SUPABASE_PASSWORD_MIN_LENGTH": "8"],
            ["SUPABASE_PASSWORD_MIN_LENGTH": "16"], ["SUPABASE_IMPLICIT_FLOW": "false"], ["SUPABASE_ANONYMOUS": "true"],
            ["SUPABASE_SITE_URL": "http://localhost:3000"], ["SUPABASE_LINK_HOURS": "24"],
        ])
    func noWarnings(_ variables: Variables) throws {
        #expect(try read(variables).warnings == read([:]).warnings)
    }

    @Test("each that is given while the API is off is reported as unused, and with it none")
    func unused() throws {
        for key in SettingKey.allCases where key.rawValue.hasPrefix("SUPABASE_") && key != .supabaseAPI {
            // The secret itself is reported, whose file this would name.
            guard key != .supabaseJWTSecretFile else { continue }
            let setting = Setting.of(key)
            let value: String =
                switch setting.kind {
                case .flag: setting.defaultValue == "true" ? "false" : "true"
                case .integer(let range): "\(range.upperBound)"
                case .choice, .list: ""
                case .text: key == .supabaseJWTSecret ? Secrets.strong : "https://app.example.com"
                }
            let sentence = "\(key.rawValue) has no effect without SUPABASE_API; "
            let off = try DaemonConfiguration.read([key.rawValue: value]).warnings
            #expect(off.contains { $0.hasPrefix(sentence) }, "\(key.rawValue): \(off)")
            #expect(try !read([key.rawValue: value]).warnings.contains { $0.hasPrefix(sentence) })
        }
        let list = try DaemonConfiguration.read(["REDIRECT_ALLOW_LIST": "https://app.example.com/**"]).warnings
        #expect(
            list.contains { $0.hasPrefix("REDIRECT_ALLOW_LIST has no effect without PROVIDERS and SUPABASE_API; ") })
    }

    @Test("an id token without a nonce is allowed by each provider's own setting, with a warning")
    func nonces() throws {
        let variables = ProviderSettingsTests.google.merging(["PROVIDER_GOOGLE_ALLOW_MISSING_NONCE": "true"]) { $1 }
        #expect(
            try DaemonConfiguration.read(ProviderSettingsTests.google).providers.providers.first?.allowsMissingNonce
                == false)
        let on = try read(variables)
        #expect(on.providers.providers.first?.allowsMissingNonce == true)
        #expect(on.warnings.contains { $0.hasPrefix("PROVIDER_GOOGLE_ALLOW_MISSING_NONCE is on: ") })
        let off = try DaemonConfiguration.read(variables).warnings
        #expect(
            off.contains { $0.hasPrefix("PROVIDER_GOOGLE_ALLOW_MISSING_NONCE has no effect without SUPABASE_API; ") })
        let github = try read([
            "PROVIDERS": "github", "PROVIDER_GITHUB_CLIENT_ID": "a", "PROVIDER_GITHUB_CLIENT_SECRET": "b",
            "PROVIDER_GITHUB_ALLOW_MISSING_NONCE": "true",
        ])
        #expect(github.providers.providers.first?.allowsMissingNonce == false)
        #expect(
            github.warnings.contains {
                $0.hasPrefix("PROVIDER_GITHUB_ALLOW_MISSING_NONCE has no effect for a provider of the kind github")
            })
    }

    @Test("as a flag of the command line it stands alone for yes")
    func flags() throws {
        let flags = try SettingFlags(["--supabase-api", "--provider-google-allow-missing-nonce", "serve"])
        #expect(flags.rest == ["serve"])
        #expect(flags.values["SUPABASE_API"] == "true")
        #expect(flags.values["PROVIDER_GOOGLE_ALLOW_MISSING_NONCE"] == "true")
        #expect(throws: SettingFlags.Failure.secret(.supabaseJWTSecret)) {
            try SettingFlags(["--supabase-jwt-secret=x"])
        }
    }

    @Test("the report shows what follows from others, and no secret", .tags(.security))
    func report() throws {
        let variables = Self.on.merging(["SUPABASE_JWT_SECRET": Secrets.strong]) { $1 }
        let sources = SettingSources(environment: variables)
        let configuration = try DaemonConfiguration.read(sources, processors: 4)
        let lines = ConfigurationReport(sources, configuration).lines(onlyChanged: true)
        #expect(lines.contains("SUPABASE_SITE_URL=https://id.example.com (computed)"))
        #expect(lines.contains("SUPABASE_PASSWORD_MIN_LENGTH=8 (computed)"))
        #expect(lines.contains("SUPABASE_JWT_SECRET=(secret) (environment)"))
        #expect(!lines.contains { $0.contains(Secrets.strong) })
    }

    @Test("the secret may stand in a file, which others must not read", .tags(.security))
    func secretFile() throws {
        let folder = try TemporaryDirectory()
        defer { folder.remove() }
        try folder.write(Secrets.strong + "\n", to: "jwt")
        let variables = Self.on.merging(["SUPABASE_JWT_SECRET_FILE": folder.file("jwt")]) { $1 }
        let sources = SettingSources(environment: variables).withSecrets
        #expect(try DaemonConfiguration.read(sources, processors: 4).service.supabase?.bareSecret != nil)

        try folder.write(Secrets.strong, to: "jwt", permissions: 0o644)
        let exposed = DaemonConfiguration.problems(in: SettingSources(environment: variables).withSecrets)
        #expect(exposed.count == 1 && exposed.first?.hasPrefix("SUPABASE_JWT_SECRET_FILE ") == true, "\(exposed)")
    }

    @Test("the address of a provider's callback is the API's own, and none while it is off")
    func callback() throws {
        let google = try ProviderName("google")
        #expect(
            try read([:]).supabaseRedirectURI(of: google) == "https://id.example.com/auth/v1/callback/google")
        #expect(try DaemonConfiguration.read([:]).supabaseRedirectURI(of: google) == nil)
    }

    @Test("the settings of one provider stand below those of all providers, and the API's have a heading of their own")
    func reference() throws {
        let text = SettingsReference.markdown
        let providers = try #require(text.firstRange(of: "\n## Identity providers\n"))
        let single = try #require(text.firstRange(of: "\n### Settings of one provider\n"))
        let api = try #require(text.firstRange(of: "\n## Supabase's API\n"))
        #expect(providers.lowerBound < single.lowerBound && single.lowerBound < api.lowerBound)
    }
}
