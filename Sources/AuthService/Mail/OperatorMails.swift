// SPDX-License-Identifier: Apache-2.0

/// Mails that an operator causes.
extension MailTemplate {
    static let operators: [MailTemplate] = [.deliveryTest]

    /// The default words of ``MailMessage/deliveryTest``.
    public static let deliveryTest = MailTemplate(
        name: "delivery_test", isSentForItself: false,
        english: MailWords(
            subject: "Test mail from {{app}}",
            opening: "This is a test: mail from {{app}} reaches {{address}}.",
            ifNotYou: "If this was not you, ignore this message; nothing was changed."),
        german: MailWords(
            subject: "Testnachricht von {{app}}",
            opening: "Dies ist ein Test: Nachrichten von {{app}} erreichen {{address}}.",
            ifNotYou: "Wenn Sie das nicht waren, ignorieren Sie diese Nachricht; es wurde nichts geändert."))
}

extension MailMessage {
    /// Shows an operator that mail arrives.
    public static let deliveryTest = MailMessage(.deliveryTest)
}
