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
        let composer = MailComposer(
            appName: appName, templates: try templates(), resetLink: passwordResetLink,
            verificationLink: emailVerificationLink)
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

    private func templates() throws(CommandFailure) -> MailTemplates {
        do throws(MailTemplateError) {
            return try MailTemplates(overridesIn: templatesFolder)
        } catch {
            throw CommandFailure(.configuration, "MAIL_TEMPLATES_DIR cannot be used: \(error.sentence)")
        }
    }
}

extension MailTemplateError {
    /// One sentence that names the file.
    fileprivate var sentence: String {
        switch self {
        case .unreadableFolder(let path): "the folder \(path) cannot be listed."
        case .unreadableFile(let name): "\(name) cannot be read, is larger than 256 KiB or is not UTF-8."
        case .unknownFile(let name): "\(name) belongs to no message; its name may be misspelt."
        case .malformed(let name): "\(name) is not a Mustache template."
        case .codeMissing(let name): "\(name) shows neither {{token}} nor {{link}}."
        @unknown default: "a template cannot be read."
        }
    }
}
