// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import AuthCore
import AuthService

/// `authd doctor provider`: whether an identity provider can be used with the settings.
struct DoctorProviderCommand: DaemonCommand {
    static let configuration = CommandConfiguration(
        commandName: "provider", abstract: "Examines an identity provider: discovery, issuer, keys, algorithms, clock.",
        discussion: """
            Fetches what the provider publishes, from where a daemon with these settings may connect to, and prints the \
            redirect URI to register there. It needs no database and opens no session: whether client id and secret are \
            right shows at the first sign-in, in the audit log. The exit status is 1 if there is a fault.
            """)

    @OptionGroup var settings: SettingOptions
    @OptionGroup var listing: ListingOptions
    @Argument(help: "The provider's name, as PROVIDERS has it.")
    var name: String

    func run(_ invocation: Invocation) async throws(CommandFailure) {
        let configuration = try invocation.configuration()
        guard let parsed = ProviderName(parsing: name),
            let provider = configuration.providers.provider(named: parsed)
        else {
            let names = configuration.providers.providers.map(\.provider.name.text)
            let known = names.isEmpty ? "it names none" : "those are \(names.joined(separator: ", "))"
            throw CommandFailure(.usage, "PROVIDERS does not name this provider; \(known).")
        }
        let fetcher = try ProviderFetcher(configuration.providers.destinations)
        defer { fetcher.close() }
        let examination = ProviderExamination {
            await fetcher.get($0)
        } now: {
            SystemClock().now
        }
        var findings = await examination.findings(provider, redirectURI: configuration.redirectURI(of: parsed))
        if let further = configuration.supabaseRedirectURI(of: parsed) {
            findings.append(
                DoctorFinding(.ok, "redirect URI", "Register this one beside it, for Supabase's API: \(further)"))
        }
        listing.show(findings.map(\.record), columns: DoctorFinding.columns)
        let faults = findings.count { $0.verdict == .fault }
        guard faults == 0 else {
            throw CommandFailure(.failed, "\(Counted.things(Int64(faults), "fault was", "faults were")) found.")
        }
    }
}
