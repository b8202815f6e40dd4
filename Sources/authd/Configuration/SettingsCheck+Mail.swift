// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthDelivery
import AuthService

extension SettingsCheck {
    /// How long a look at the mail server may take.
    static let mailTimeout: Duration = .seconds(10)

    /// Greets the mail server, with TLS and sign-in, and sends nothing.
    static func mail(_ configuration: DaemonConfiguration) async -> SettingsCheck {
        let name = configuration.mail.displayName
        switch configuration.mail.destination {
        case .none: return SettingsCheck(subject: "mail", outcome: .ok, detail: "none is sent without SMTP_HOST")
        case .file: return SettingsCheck(subject: "mail", outcome: .ok, detail: "written to \(name)")
        case .smtp: break
        }
        do throws(CommandFailure) {
            guard let mailer = try configuration.mail.makeMailer(appName: configuration.appName) as? SMTPMailer else {
                return SettingsCheck(subject: "mail", outcome: .ok, detail: "written to \(name)")
            }
            defer { mailer.close() }
            guard let sentence = await configuration.mail.fault(of: mailer) else {
                return SettingsCheck(subject: "mail", outcome: .ok, detail: "\(name) lets authd in; nothing was sent")
            }
            return SettingsCheck(subject: "mail", outcome: .failed, detail: sentence)
        } catch {
            return SettingsCheck(subject: "mail", outcome: .failed, detail: error.sentences.joined(separator: " "))
        }
    }
}

extension MailConfiguration {
    /// Looks at the mail server; one sentence with the setting and what to do where it does not let authd in.
    func fault(of mailer: SMTPMailer) async -> String? {
        do throws(SMTPServerFault) {
            try await mailer.look(timeout: SettingsCheck.mailTimeout)
            return nil
        } catch {
            return Self.sentence(error, displayName)
        }
    }

    /// The sentence about a mail server that does not let authd in.
    static func sentence(_ fault: SMTPServerFault, _ server: String) -> String? {
        let reason = Redaction.printable(fault.diagnostic)
        switch fault {
        case .unknownHost:
            return "SMTP_HOST \(server) cannot be resolved (\(reason)): correct the name."
        case .unreachable:
            return
                "SMTP_HOST \(server) cannot be reached (\(reason)): correct SMTP_HOST and SMTP_PORT, or open the firewall."
        case .silent:
            return
                "SMTP_HOST \(server) does not answer (\(reason)): SMTP_SECURITY=tls fits port 465 and starttls port 587, and a "
                + "firewall may swallow the connection."
        case .tls:
            return
                "SMTP_SECURITY does not fit SMTP_HOST \(server) (\(reason)): set tls for port 465, starttls for port 587."
        case .certificate:
            return
                "SMTP_HOST \(server) has no certificate that is trusted (\(reason)): write the name that the certificate has, or "
                + "set SMTP_CA_FILE."
        case .signIn:
            return "SMTP_USER and SMTP_PASSWORD are refused by \(server) (\(reason)): correct them, or SMTP_SECURITY."
        case .refused:
            return
                "SMTP_HOST \(server) refuses authd (\(reason)): see that it is a mail server for submission, and its log."
        case .notTried:
            return nil
        @unknown default:
            return "SMTP_HOST \(server) cannot be used (\(reason)): correct the settings of mail."
        }
    }
}
