// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthCrypto
import AuthDelivery
import AuthHTTP
import AuthHTTPServer
import AuthService
import Logging

extension DaemonConfiguration {
    /// The values of settings whose defaults follow from other settings or from the machine, by name.
    ///
    /// Settings that have no value are missing.
    var computedSettings: [SettingKey: String] {
        var values: [SettingKey: String] = [
            .logLevel: logLevel.rawValue,
            .tokenIssuer: service.issuer,
            .tokenAudience: service.audience,
            .eventLoopThreads: "\(server.eventLoopThreads)",
            .hashThreads: "\(hashingPool.threads)",
            .shutdownDelaySeconds: "\(shutdownDelay.components.seconds)",
            .startTimeout: "\(databaseStartTimeout.components.seconds)",
        ]
        if http.publicURL == nil { values[.publicURL] = http.localURL }
        if let supabase = service.supabase {
            values[.supabaseSiteURL] = http.publicURL ?? http.localURL
            values[.supabasePasswordMinimum] = "\(supabase.passwordMinimum ?? service.passwords.minimumLength)"
        }
        if let age = service.abandonedRegistrationAge {
            values[.unverifiedUserDays] = "\(age.components.seconds / 86_400)"
        }
        for (key, limitClass) in SettingReader.limitKeys {
            // In development they are wider than the defaults of the table.
            let limit = http.limits.rules[limitClass].map { RateLimitText.text($0) }
            if limit != Setting.of(key).defaultValue { values[key] = limit }
        }
        switch rootKey {
        case .given, .ephemeral: break
        case .file(let path, _): values[.rootKeyFile] = path
        }
        values[.auditHeadFile] = auditHeadFile
        switch mail.destination {
        case .smtp(let smtp): values[.emailsFromName] = smtp.fromName
        case .file, .none: break
        }
        return values
    }
}
