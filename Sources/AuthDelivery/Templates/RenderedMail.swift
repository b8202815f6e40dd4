// SPDX-License-Identifier: Apache-2.0

/// A message's words, before they are encoded for any transport.
struct RenderedMail: Equatable {
    let subject: HeaderText
    let text: String
    /// `nil` sends plain text only.
    let html: String?
}
