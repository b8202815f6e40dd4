// SPDX-License-Identifier: Apache-2.0

import AuthCrypto
import AuthDelivery
import AuthService

extension MailConfiguration {
    /// Where mail goes, for the log.
    var displayName: String {
        switch destination {
        case .smtp(let smtp): "\(smtp.host):\(smtp.port)"
        case .file(let path): Redaction.printable(path)
        case .none: "none"
        }
    }

    /// Reads the templates and makes what sends; `nil` where nothing does.
    ///
    /// - Throws: Sentences about templates, the mail file or the system.
    func makeMailer(appName: String) throws(CommandFailure) -> (any MailSending)? {
        try checkAuthorities()
        let composer = MailComposer(
            appName: appName, templates: try templates(), resetLink: passwordResetLink,
            verificationLink: emailVerificationLink, pages: pages)
        do throws(MailError) {
            switch destination {
            case .smtp(let smtp):
                return try SMTPMailer(
                    smtp, composer: composer, now: { SystemClock().now },
                    randomBytes: { SystemRandom().bytes(count: $0) })
            case .file(let path):
                return try FileMailer(path: path, composer: composer, now: { SystemClock().now })
            case .none:
                return nil
            }
        } catch {
            guard case .unavailable(let diagnostic) = error else {
                throw CommandFailure(.failed, "Mail cannot be sent.")
            }
            throw CommandFailure(.failed, "Mail cannot be sent to \(displayName): \(diagnostic).")
        }
    }

    /// Reads the files that the settings name, for a check.
    ///
    /// - Throws: A sentence about the first that cannot be read.
    func checkFiles() throws(CommandFailure) {
        _ = try templates()
        try checkAuthorities()
    }

    /// libcurl would notice only when a mail is due.
    private func checkAuthorities() throws(CommandFailure) {
        guard case .smtp(let smtp) = destination, let path = smtp.certificateAuthorities else { return }
        switch FileContents.read(path, maximumBytes: 16 * 1024 * 1024) {
        case .success(let bytes) where String(decoding: bytes, as: UTF8.self).contains("-----BEGIN"): return
        case .success: throw CommandFailure(.configuration, Self.authorities(path, "it holds no PEM"))
        case .failure(let failure):
            throw CommandFailure(.configuration, Self.authorities(path, FileContents.reason(failure.code)))
        }
    }

    /// The sentence about a file of authorities that cannot be used.
    static func authorities(_ path: String, _ reason: String) -> String {
        "SMTP_CA_FILE \(Redaction.printable(path)) cannot be read (\(reason)): name a PEM file of certificates, or remove the "
            + "setting for the system's authorities."
    }

    private func templates() throws(CommandFailure) -> MailTemplates {
        do throws(MailTemplateError) {
            return try MailTemplates(overridesIn: templatesFolder)
        } catch {
            throw CommandFailure(.configuration, Self.templates(error))
        }
    }
}

extension MailConfiguration {
    /// The sentence about templates that cannot be used.
    static func templates(_ error: MailTemplateError) -> String {
        "MAIL_TEMPLATES_DIR cannot be used: \(error)."
    }
}
