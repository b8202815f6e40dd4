// SPDX-License-Identifier: Apache-2.0

/// What an operator asks about mail.
public struct MailService: Sendable {
    let dispatch: MailDispatch

    /// Whether mail can be sent at all.
    public var canSend: Bool { dispatch.canSend }

    /// How many mails were dropped since the start, for metrics.
    public var dropped: DroppedMails { dispatch.losses.counts }
}
