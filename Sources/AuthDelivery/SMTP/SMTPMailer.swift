// SPDX-License-Identifier: Apache-2.0

public import AuthCore
public import AuthService
import AuthSystem
import Synchronization

/// Hands mail to a mail server over SMTP, on threads and connections of its own.
///
/// A send waits at most ``SMTPConfiguration/queueTimeout`` for its turn plus twice ``SMTPConfiguration/timeout``: one
/// for the message before it in the queue, one for itself. Connections stay open between messages.
public final class SMTPMailer: MailSending {
    let configuration: Mutex<SMTPConfiguration>
    private let composer: MailComposer
    private let now: @Sendable () -> Timestamp
    private let randomBytes: @Sendable (_ count: Int) -> [UInt8]
    let workers: WorkerThreads<CurlHandle>

    /// Starts the threads; connects to nothing yet.
    ///
    /// - Parameters:
    ///   - configuration: Where, as whom, and how long.
    ///   - composer: The words.
    ///   - now: The wall clock, for the `Date` of a mail without a stamp.
    ///   - randomBytes: For `Message-ID` and the MIME boundary of such a mail; nothing secret depends on them.
    /// - Throws: `.unavailable` if the system refuses a thread.
    public init(
        _ configuration: SMTPConfiguration, composer: MailComposer,
        now: @escaping @Sendable () -> Timestamp,
        randomBytes: @escaping @Sendable (_ count: Int) -> [UInt8]
    ) throws(MailError) {
        self.configuration = Mutex(configuration)
        self.composer = composer
        self.now = now
        self.randomBytes = randomBytes
        do {
            workers = try WorkerThreads(
                threads: configuration.connections, capacity: configuration.queueCapacity,
                patience: configuration.queueTimeout, makeResource: { CurlHandle() })
        } catch {
            throw .unavailable(diagnostic: "the system refused a thread (error \(error.code))")
        }
    }

    /// Ends the threads once they have finished the message they are at; what waits is answered `.cancelled`.
    public func close() {
        workers.close()
    }

    /// Takes another server, sender and password for the messages to come; bounds of the queue stay as they were.
    public func replaceConfiguration(by configuration: SMTPConfiguration) {
        self.configuration.withLock { $0 = configuration }
    }

    /// Hands one message over; see the type for how long that may take.
    public func send(_ mail: OutgoingMail) async throws(MailError) {
        let configuration = configuration.withLock { $0 }
        let stamp =
            mail.stamp.map { InternetMessage.Stamp(date: $0.date, identifier: $0.identifier.octets) }
            ?? InternetMessage.Stamp(date: now(), identifier: randomBytes(16))
        let message = InternetMessage(
            composer.compose(mail), from: Mailbox(configuration.from, name: configuration.fromName),
            to: Mailbox(mail.recipient, name: mail.recipientName.flatMap { GreetingName($0) }?.text), stamp: stamp)
        let delivery = SMTPDelivery(
            configuration: configuration, recipient: mail.recipient, message: message.bytes, secrets: mail.secrets)
        let result = await workers.run { handle, ticket in delivery.run(on: handle, ticket: ticket) }
        switch result {
        case .success(nil): return
        case .success(let error?): throw error
        case .failure(.overloaded): throw .overloaded
        case .failure(.cancelled): throw .cancelled
        }
    }
}

extension OutgoingMail {
    fileprivate var secrets: [String] {
        message.oneTimeToken.map { [$0.revealed] } ?? []
    }
}
