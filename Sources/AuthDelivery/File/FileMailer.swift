// SPDX-License-Identifier: Apache-2.0

public import AuthCore
public import AuthService
import AuthSystem
import Glibc

/// Appends mail to a file instead of sending it, for development: the tokens in it are live.
///
/// The file belongs to the process's user alone (mode 0600). A symbolic link, another user's file or anything but a
/// plain file in its place is refused each time, so an attacker cannot have the tokens written where they can read them.
public final class FileMailer: MailSending {
    private let path: String
    private let composer: MailComposer
    private let now: @Sendable () -> Timestamp
    private let workers: WorkerThreads<Void>

    /// Opens the file once, creating it if need be, so that a bad path shows at the start.
    ///
    /// - Parameters:
    ///   - path: Where to append; its folder must exist.
    ///   - composer: The words.
    ///   - now: The wall clock, for each block's first line.
    /// - Throws: `.unavailable` if the file cannot be used or the system refuses a thread.
    public init(
        path: String, composer: MailComposer, now: @escaping @Sendable () -> Timestamp
    ) throws(MailError) {
        self.path = path
        self.composer = composer
        self.now = now
        do {
            workers = try WorkerThreads(threads: 1, capacity: 64, patience: .seconds(10), makeResource: {})
        } catch {
            throw .unavailable(diagnostic: "the system refused a thread (error \(error.code))")
        }
        try PrivateLogFile.append([], to: path).get()
    }

    /// Appends one message.
    public func send(_ mail: OutgoingMail) async throws(MailError) {
        let block = Array(block(for: mail).utf8)
        let path = path
        switch await workers.run({ _, _ in PrivateLogFile.append(block, to: path) }) {
        case .success(let written): try written.get()
        case .failure(.overloaded): throw .overloaded
        case .failure(.cancelled): throw .cancelled
        }
    }

    /// What a person looks for: when, to whom, and the words with the code in them.
    private func block(for mail: OutgoingMail) -> String {
        let content = composer.compose(mail)
        return """
            ---- \(now().rfc3339) ----
            To: \(HeaderText(mail.recipient.original).readable)
            Subject: \(content.subject.readable)

            \(content.text)

            """
    }
}
