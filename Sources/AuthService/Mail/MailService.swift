// SPDX-License-Identifier: Apache-2.0

/// The state of mail delivery, for an operator.
public struct MailService: Sendable {
    let dispatch: MailDispatch

    /// Whether mail can be sent at all.
    public var canSend: Bool { dispatch.canSend }

    /// How many mails were dropped since the start, for metrics.
    public var dropped: DroppedMails { dispatch.losses.counts }
}
