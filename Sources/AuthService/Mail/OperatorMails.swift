// SPDX-License-Identifier: Apache-2.0

/// Mails that an operator causes.
extension MailTemplate {
    static let operators: [MailTemplate] = [.deliveryTest]

    /// The default words of ``MailMessage/deliveryTest``.
    public static let deliveryTest = MailTemplate(
        name: "delivery_test",
        subject: "Test mail from {{app}}",
        opening: "This is a test: mail from {{app}} reaches {{address}}.",
        ifNotYou: "If this was not you, ignore this message; nothing was changed.",
        isSentForItself: false)
}

extension MailMessage {
    /// Shows an operator that mail arrives.
    public static let deliveryTest = MailMessage(.deliveryTest)
}
