// SPDX-License-Identifier: Apache-2.0

import AuthTestSupport
import Foundation
import Glibc

/// A real mail server on a port of this machine, which fails as it is told to and keeps each message that it takes.
struct MailServer: Sendable {
    /// A message as it was taken.
    struct Letter: Hashable, Sendable, Decodable {
        let recipient: String
        let subject: String
        let messageID: String
        let date: String
        /// The link with its token, and the code.
        let link: String?
        let token: String?
        let code: String?
        /// How the client came.
        let isEncrypted: Bool
        let isAuthenticated: Bool
        /// Whether the client was told that it was taken.
        let isAcknowledged: Bool

        /// What two copies of one message have in common.
        var content: [String?] { [recipient, subject, messageID, date, link, token, code] }
    }

    /// What it has counted so far.
    private struct Counts {
        var different = 0
        var letters = 0
        var faults = 0
    }

    private let process: ChildProcess
    private let letters: String

    /// Starts it and waits until it listens; it demands a login over STARTTLS where it is given a certificate.
    ///
    /// Its letters stand behind those that an earlier one of the folder took.
    init(port: UInt16, in directory: TemporaryDirectory, certificate: MailCertificate? = nil) async throws {
        letters = directory.file("letters")
        let program = AuthdBinary.package.appending(path: "Tests/JourneyTests/Clients/mail_server.py").path
        process = try ChildProcess(
            [try await TestPython.interpreter(with: "aiosmtpd"), program, "\(port)", letters]
                + (certificate?.arguments ?? []),
            environment: Command.environment, directory: directory.path, limit: 540)
        try await wait { _ in true }
    }

    /// The messages that it has taken, once there are so many different ones, in their order; each as often as it came.
    func letters(atLeast count: Int) async throws -> [Letter] {
        try await wait { $0.different >= count }
        return try lettersSoFar()
    }

    /// The messages that it has taken by now.
    func lettersSoFar() throws -> [Letter] {
        guard let text = try? String(contentsOfFile: letters, encoding: .utf8) else { return [] }
        return try text.split(separator: "\n").map { try JSONDecoder().decode(Letter.self, from: Data($0.utf8)) }
    }

    /// How often it has failed, once that is so often.
    func faults(atLeast count: Int) async throws -> Int {
        try await wait { $0.faults >= count }.faults
    }

    /// Says how it behaves from now on: lines such as `fault rcpt 451 later`, as its program explains them.
    func tell(_ lines: String...) {
        tell(lines)
    }

    func tell(_ lines: [String]) {
        for line in lines { process.write(line + "\n") }
    }

    /// Ends it at once, with its connections.
    func stop() async {
        process.signal(SIGTERM)
        await process.ended()
    }

    @discardableResult
    private func wait(until isDone: @escaping @Sendable (Counts) -> Bool) async throws -> Counts {
        let progress = await process.progress { Self.counts(in: $0.output).map(isDone) == true }
        guard progress.end == nil, let counts = Self.counts(in: progress.output) else {
            throw Failure("the mail server: \(progress.errorText)\n\(String(decoding: progress.output, as: UTF8.self))")
        }
        return counts
    }

    /// From the last whole line of what it has printed.
    private static func counts(in output: [UInt8]) -> Counts? {
        guard let end = output.lastIndex(of: 0x0A) else { return nil }
        let line = output[..<end].suffix(while: { $0 != 0x0A })
        let words = String(decoding: line, as: UTF8.self).split(separator: " ").compactMap { Int($0) }
        guard words.count == 3 else { return nil }
        return Counts(different: words[0], letters: words[1], faults: words[2])
    }
}

/// A certificate for this machine, which authd is to trust, and the login that goes with it.
struct MailCertificate: Sendable {
    private static let login = (user: "authd", password: "a relay of 1982")
    private let directory: TemporaryDirectory

    init(in directory: TemporaryDirectory) async throws {
        self.directory = directory
        try await Command(
            "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
            "-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", directory.file("mail.key"),
            "-out", directory.file("mail.pem")
        ).succeed()
    }

    fileprivate var arguments: [String] {
        [directory.file("mail.pem"), directory.file("mail.key"), "\(Self.login.user):\(Self.login.password)"]
    }

    /// The settings of a daemon that sends through such a server.
    func settings(_ port: UInt16) -> [String: String] {
        [
            "SMTP_HOST": "127.0.0.1", "SMTP_PORT": "\(port)", "SMTP_SECURITY": "starttls",
            "SMTP_CA_FILE": directory.file("mail.pem"), "SMTP_USER": Self.login.user,
            "SMTP_PASSWORD": Self.login.password, "EMAILS_FROM_EMAIL": "accounts@example.com",
        ]
    }
}

extension ArraySlice<UInt8> {
    /// The longest end whose octets all are so.
    fileprivate func suffix(while isPart: (UInt8) -> Bool) -> Self {
        let start = lastIndex { !isPart($0) }.map { $0 + 1 } ?? startIndex
        return self[start...]
    }
}
