// SPDX-License-Identifier: Apache-2.0

public import AuthCore
public import AuthService
import Synchronization

/// A mailer that keeps every message instead of sending it.
public final class RecordingMailer: MailSending {
    private struct State {
        var sent: [OutgoingMail] = []
        var failures: [MailError] = []
    }

    private let state = Mutex(State())

    /// Makes an empty mailbox.
    public init() {}

    /// Every message that was sent, in order.
    public var sent: [OutgoingMail] { state.withLock { $0.sent } }

    /// The messages that were sent to an address, in order.
    public func messages(to address: EmailAddress) -> [MailMessage] {
        sent.filter { $0.recipient.canonical == address.canonical }.map(\.message)
    }

    /// Makes the next deliveries fail, one for each error.
    public func fail(with errors: [MailError]) {
        state.withLock { $0.failures += errors }
    }

    /// Records the mail, or throws the next failure that was ordered.
    public func send(_ mail: OutgoingMail) async throws(MailError) {
        let failure = state.withLock { state -> MailError? in
            if !state.failures.isEmpty { return state.failures.removeFirst() }
            state.sent.append(mail)
            return nil
        }
        if let failure { throw failure }
    }
}

extension MailMessage {
    /// The token in the message, if it has one.
    public var token: String? {
        oneTimeToken?.revealed
    }

    /// The code in the message, if it has one.
    public var typedCode: String? {
        code?.text.revealed
    }
}
