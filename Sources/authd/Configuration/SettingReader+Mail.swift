// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthDelivery
import AuthService

extension SettingReader {
    /// How mail leaves; `nil` where a problem was noted.
    mutating func mail(
        _ environment: DaemonConfiguration.Environment, appName: String, _ database: DaemonConfiguration.Database?
    ) -> MailConfiguration? {
        let resetLink = link(.passwordResetURL)
        let verificationLink = link(.emailVerificationURL)
        let destination: MailConfiguration.Destination
        if isGiven(.smtpHost) {
            guard let smtp = smtp(appName: appName) else { return nil }
            destination = .smtp(smtp)
        } else if environment == .development {
            destination = .file(path: database?.siblingFile("mail.log") ?? "mail.log")
        } else {
            destination = .none
        }
        return MailConfiguration(
            destination: destination, templatesFolder: text(.mailTemplatesDir), passwordResetLink: resetLink,
            emailVerificationLink: verificationLink)
    }

    /// The notices that are turned off, each by its name.
    mutating func disabledNotices() -> Set<MailTemplate> {
        var notices: Set<MailTemplate> = []
        for name in list(.disabledNotices) {
            guard
                let notice = MailTemplate.all.first(where: {
                    $0.canBeTurnedOff && $0.name.hasSameOctets(as: name)
                })
            else {
                refuse(.disabledNotices, "names a mail that does not exist or cannot be turned off.")
                return []
            }
            notices.insert(notice)
        }
        return notices
    }

    private mutating func smtp(appName: String) -> SMTPConfiguration? {
        let port = integer(.smtpPort)
        let security: MailSecurity = word(.smtpSecurity) ?? .automatic
        let credentials = credentials()
        guard let sender = sender(), let host = text(.smtpHost) else { return nil }
        do throws(SMTPConfigurationError) {
            var smtp = try SMTPConfiguration(
                host: host, port: port, credentials: credentials, security: security.smtpSecurity, from: sender,
                fromName: text(.emailsFromName) ?? appName)
            smtp.certificateAuthorities = text(.smtpCAFile)
            return smtp
        } catch {
            switch error {
            case .malformedHost: refuse(.smtpHost, "is neither a name nor an address.")
            case .malformedPort: refuse(.smtpPort, "is no port.")
            case .malformedCredentials: refuse(.smtpUser, "or SMTP_PASSWORD has a line end or a zero byte in it.")
            case .credentialsWithoutTLS:
                refuse(.smtpSecurity, "would send SMTP_PASSWORD over the network in the clear; use starttls or tls.")
            @unknown default: refuse(.smtpHost, "cannot be used with the other SMTP settings.")
            }
            return nil
        }
    }

    private mutating func credentials() -> SMTPCredentials? {
        switch (givenText(.smtpUser), givenText(.smtpPassword)) {
        case (nil, nil):
            return nil
        case (let user?, let password?):
            return SMTPCredentials(user: user, password: password)
        case (_?, nil):
            refuse(.smtpPassword, "is missing beside SMTP_USER.")
        case (nil, _?):
            refuse(.smtpUser, "is missing beside SMTP_PASSWORD.")
        }
        return nil
    }

    private mutating func sender() -> EmailAddress? {
        guard let text = text(.emailsFromEmail) else {
            refuse(.emailsFromEmail, "is required with SMTP_HOST.")
            return nil
        }
        do throws(ValidationError) {
            return try EmailAddress(text)
        } catch {
            refuse(.emailsFromEmail, "is not an address that mail can come from.")
            return nil
        }
    }

    private mutating func link(_ key: SettingKey) -> MailLink? {
        guard let text = text(key) else { return nil }
        let link = MailLink(text)
        if link == nil {
            refuse(key, "is no https URL (http on the same machine) without user and fragment.")
        }
        return link
    }
}
