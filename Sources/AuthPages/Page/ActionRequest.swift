// SPDX-License-Identifier: Apache-2.0

public import AuthCore

/// A mailed action that waits for its user, as a page shows it before any button.
public struct ActionRequest: Hashable, Sendable {
    /// Where the page is opened.
    public enum Place: Hashable, Sendable {
        /// In the browser in which the action was asked for, after its link or while it waits for the mail.
        case sameBrowser
        /// In any other, and by every token that comes without a proof of the browser: the button needs typed input.
        case elsewhere
    }

    /// What a button of the page does.
    public var action: MailedAction
    /// What was asked for; it differs from ``action`` where the user says that it was not them.
    public var subject: MailedAction
    /// How the user is shown: the address, or the name to sign in with.
    public var user: String
    /// The address that the action is about: the one that is confirmed or restored.
    public var address: String
    /// When and from where it was asked for.
    public var origin: ActionOrigin
    /// The flow.
    public var secret: ActionSecret
    /// Where the page is opened.
    public var place: Place
    /// Whether the code of the flow can still be typed; five wrong ones void it.
    public var acceptsCode: Bool
    /// The fewest characters of a new password, for the hint at its field.
    public var minimumPasswordLength: Int
    /// Whether an invitation leaves the user's password as it is, so that its page asks for the code instead of a new one.
    public var keepsPassword = false
    /// What was wrong with the form that was sent before.
    public var faults: [ActionFault]

    /// Describes a request.
    public init(
        _ action: MailedAction, subject: MailedAction? = nil, user: String, address: String, origin: ActionOrigin,
        secret: ActionSecret, place: Place, acceptsCode: Bool = true, minimumPasswordLength: Int = 8,
        faults: [ActionFault] = []
    ) {
        self.action = action
        self.subject = subject ?? action
        self.user = user
        self.address = address
        self.origin = origin
        self.secret = secret
        self.place = place
        self.acceptsCode = acceptsCode
        self.minimumPasswordLength = minimumPasswordLength
        self.faults = faults
    }
}
