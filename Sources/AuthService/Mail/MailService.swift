// SPDX-License-Identifier: Apache-2.0

/// The state of mail delivery, for an operator.
public struct MailService: Sendable {
    let dispatch: MailDispatch
    let worker: MailRequestWorker

    /// Whether mail can be sent at all.
    public var canSend: Bool { dispatch.canSend }

    /// How many requests for mails were given up since the start, for metrics.
    public var dropped: DroppedMails { dispatch.losses.counts }
}
