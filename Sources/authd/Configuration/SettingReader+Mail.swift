// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthDelivery
import AuthHTTPServer
import AuthService

extension SettingReader {
    /// How mail leaves; `nil` where a problem was noted.
    mutating func mail(
        _ environment: DaemonConfiguration.Environment, appName: String, _ database: DaemonConfiguration.Database?,
        pageURL: String?
    ) -> MailConfiguration? {
        let resetLink = link(.passwordResetURL)
        let verificationLink = link(.emailVerificationURL)
        var absent: Set<MailedAction> = []
        if !flag(.hostedPages) {
            if resetLink != nil { absent.insert(.resetPassword) }
            if verificationLink != nil { absent.insert(.verifyAddress) }
        }
        // Read also where no mail server is named, so that junk does not wait there for one.
        let port = integer(.smtpPort)
        let security: MailSecurity = word(.smtpSecurity) ?? .automatic
        let destination: MailConfiguration.Destination
        if isGiven(.smtpHost) {
            guard let smtp = smtp(port: port, security, appName: appName) else { return nil }
            destination = .smtp(smtp)
        } else if environment == .development {
            destination = .file(path: database?.siblingFile("mail.log") ?? "mail.log")
        } else {
            destination = .none
        }
        return MailConfiguration(
            destination: destination, templatesFolder: text(.mailTemplatesDir), passwordResetLink: resetLink,
            emailVerificationLink: verificationLink, pages: pageURL.flatMap(ActionLinks.init(publicURL:)),
            absentPages: absent)
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
                let names = MailTemplate.all.filter(\.canBeTurnedOff).map(\.name)
                let meant = NearWord.of(name, in: names).map { "\($0) may be meant" }
                refuse(
                    .disabledNotices,
                    "has the entry \(Self.quoted(name)), which is no mail that can be turned off; "
                        + "\(meant ?? "those are \(names.joined(separator: ", "))").")
                return []
            }
            notices.insert(notice)
        }
        return notices
    }

    private mutating func smtp(port: Int, _ security: MailSecurity, appName: String) -> SMTPConfiguration? {
        let credentials = credentials()
        guard let sender = sender(), let host = text(.smtpHost) else { return nil }
        if host.contains(":"), IPAddress(host) == nil {
            refuse(.smtpHost, Self.malformedHost)
            return nil
        }
        if let name = text(.emailsFromName),
            name.unicodeScalars.contains(where: { $0.properties.generalCategory == .control })
        {
            refuse(.emailsFromName, "has control characters; type it anew.")
        }
        do throws(SMTPConfigurationError) {
            var smtp = try SMTPConfiguration(
                host: host, port: port, credentials: credentials, security: security.smtpSecurity, from: sender,
                fromName: text(.emailsFromName) ?? appName)
            smtp.certificateAuthorities = text(.smtpCAFile)
            warnAboutMailPort(port, security)
            return smtp
        } catch {
            switch error {
            case .malformedHost: refuse(.smtpHost, Self.malformedHost)
            case .malformedPort: refuse(.smtpPort, "is no port from 1 to 65535.")
            case .malformedCredentials:
                refuse(.smtpUser, "or SMTP_PASSWORD has a line end or a zero byte in it; write each on one line.")
            case .credentialsWithoutTLS:
                refuse(.smtpSecurity, "would send SMTP_PASSWORD over the network in the clear; use starttls or tls.")
            @unknown default: refuse(.smtpHost, "cannot be used with the other SMTP settings.")
            }
            return nil
        }
    }

    private static let malformedHost =
        "is neither a name nor an address, such as mail.example.com; a port goes into SMTP_PORT."

    /// Warns of a port whose servers expect TLS at another moment than the setting says.
    private mutating func warnAboutMailPort(_ port: Int, _ security: MailSecurity) {
        switch (port, security) {
        case (465, .startTLS), (465, .opportunistic):
            warn(
                "SMTP_SECURITY=\(security.rawValue) does not fit SMTP_PORT=465, where connections begin with TLS; set "
                    + "SMTP_SECURITY=tls, or SMTP_PORT=587.")
        case (25, .implicitTLS), (587, .implicitTLS):
            warn(
                "SMTP_SECURITY=tls does not fit SMTP_PORT=\(port), where connections begin without TLS; set "
                    + "SMTP_SECURITY=starttls, or SMTP_PORT=465.")
        case (_, .automatic), (_, .startTLS), (_, .implicitTLS), (_, .opportunistic), (_, .none):
            break
        }
    }

    private mutating func credentials() -> SMTPCredentials? {
        switch (givenText(.smtpUser), givenText(.smtpPassword)) {
        case (nil, nil):
            return nil
        case (let user?, let password?):
            return SMTPCredentials(user: user, password: password)
        case (_?, nil):
            refuse(.smtpPassword, "is missing beside SMTP_USER; set both or neither.")
        case (nil, _?):
            refuse(.smtpUser, "is missing beside SMTP_PASSWORD; set both or neither.")
        }
        return nil
    }

    private mutating func sender() -> EmailAddress? {
        guard let text = text(.emailsFromEmail) else {
            refuse(
                .emailsFromEmail,
                "is required with SMTP_HOST; set the address that mail comes from, such as auth@example.com.")
            return nil
        }
        do throws(ValidationError) {
            return try EmailAddress(text)
        } catch {
            refuse(.emailsFromEmail, "is not an address that mail can come from, such as auth@example.com.")
            return nil
        }
    }

    private mutating func link(_ key: SettingKey) -> MailLink? {
        guard let text = text(key) else { return nil }
        let link = MailLink(text)
        if link == nil {
            refuse(
                key,
                "is no https URL (http on the same machine) without user and fragment, such as "
                    + "https://app.example.com/page.")
        }
        return link
    }
}
