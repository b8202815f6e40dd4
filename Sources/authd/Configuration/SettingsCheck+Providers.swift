// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthService

extension SettingsCheck {
    /// Looks at each identity provider as `authd doctor provider` does.
    static func providers(_ configuration: DaemonConfiguration) async -> [SettingsCheck] {
        let configured = configuration.providers.providers
        guard !configured.isEmpty else { return [] }
        do throws(CommandFailure) {
            let fetcher = try ProviderFetcher(configuration.providers.destinations)
            defer { fetcher.close() }
            let examination = ProviderExamination {
                await fetcher.get($0)
            } now: {
                SystemClock().now
            }
            var checks: [SettingsCheck] = []
            for provider in configured {
                let name = provider.provider.name
                let findings = await examination.findings(provider, redirectURI: configuration.redirectURI(of: name))
                checks.append(SettingsCheck("provider \(name.text)", findings))
            }
            return checks
        } catch {
            return [
                SettingsCheck(subject: "providers", outcome: .failed, detail: error.sentences.joined(separator: " "))
            ]
        }
    }

    /// The worst of some findings.
    init(_ subject: String, _ findings: [DoctorFinding]) {
        let worst = findings.first { $0.verdict == .fault } ?? findings.first { $0.verdict == .warning }
        let outcome: Outcome =
            switch worst?.verdict {
            case .fault: .failed
            case .warning: .warning
            case .ok, nil: .ok
            }
        self.init(
            subject: subject, outcome: outcome,
            detail: worst?.sentence ?? findings.first?.sentence ?? "nothing to look at")
    }
}
