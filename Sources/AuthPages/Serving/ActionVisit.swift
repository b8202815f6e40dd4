// SPDX-License-Identifier: Apache-2.0

internal import AuthCore
internal import AuthService

/// A mailed action as a browser has come to it: by the link of a mail, or by the handle of a flow that it began.
struct ActionVisit: Sendable {
    /// The action of the page.
    let action: MailedAction
    /// What the mail is for, which a report is about.
    let purpose: OneTimeTokenPurpose
    /// What the forms of the page carry.
    let secret: ActionSecret
    /// What was shown so far.
    let proof: ActionProof
    let view: ActionView
    /// When.
    let now: Timestamp
    let minimumPasswordLength: Int
    /// Whether an invitation leaves the password of its user as it is.
    var keepsPassword = false

    private var isLink: Bool {
        switch secret {
        case .token: true
        case .handle: false
        }
    }

    /// Where the page is opened; for a report nowhere proves that the mail was read.
    var place: ActionRequest.Place { isLink && (!view.isHere || action == .report) ? .elsewhere : .sameBrowser }

    /// Whether its age alone has made the code useless.
    private var isCodeOld: Bool { purpose != .invitation && view.origin.time + MailedFlow.codeLifetime <= now }

    /// Why there is nothing to do; `nil` where there is.
    ///
    /// A browser that began a flow learns that it has ended, and not how.
    var end: ActionEnd? {
        switch view.state {
        case .open: nil
        case .used: isLink ? .used : .ended
        case .expired: .expired
        case .ended: .ended
        }
    }

    /// Whether nothing but the code shows that the mail was read.
    private var needsCode: Bool {
        guard isLink else { return true }
        switch action {
        // A new password is typed input, too.
        case .resetPassword: return false
        case .acceptInvitation: return keepsPassword
        case .verifyAddress, .changeAddress, .undoAddressChange, .signIn, .unlock, .reauthenticate, .supabase, .report:
            return place == .elsewhere
        }
    }

    private var setsPassword: Bool {
        switch action {
        case .resetPassword: true
        case .acceptInvitation: !keepsPassword
        case .verifyAddress, .changeAddress, .undoAddressChange, .signIn, .unlock, .reauthenticate, .supabase, .report:
            false
        }
    }

    /// What is said before anything was typed: that the code is too old, where nothing else would do.
    var openingFaults: [ActionFault] {
        needsCode && !view.acceptsCode && isCodeOld ? [.codeExpired] : []
    }

    /// Looks at a form before anything is asked of the service: an empty one changes nothing, and counts as no try.
    ///
    /// - Returns: The new password of an action that sets one, or the one that the user types beside the proof of an address.
    func check(_ form: ActionForm) -> (password: Password?, faults: [ActionFault]) {
        // Its page has two forms; a new password stands for the code.
        if action == .undoAddressChange, form.code == nil, let text = form.password { return Self.read(text, []) }
        var faults: [ActionFault] = []
        if needsCode {
            if !view.acceptsCode {
                faults.append(isCodeOld ? .codeExpired : .codeVoided)
            } else if form.code == nil {
                faults.append(.codeMissing)
            }
        }
        if action == .verifyAddress, let text = form.currentPassword { return Self.readCurrent(text, faults) }
        guard setsPassword else { return (nil, faults) }
        guard let text = form.password else { return (nil, faults + [.passwordMissing]) }
        return Self.read(text, faults)
    }

    private static func read(_ text: String, _ faults: [ActionFault]) -> (password: Password?, faults: [ActionFault]) {
        do throws(ValidationError) {
            return (try Password(text), faults)
        } catch {
            return (nil, faults + ActionFault.of([error.code], under: PasswordPolicy()))
        }
    }

    /// A text that no password can be is not the user's either.
    private static func readCurrent(
        _ text: String, _ faults: [ActionFault]
    ) -> (password: Password?, faults: [ActionFault]) {
        guard let password = try? Password(text) else { return (nil, faults + [.currentPasswordWrong]) }
        return (password, faults)
    }

    /// The page, with what was wrong with the form before.
    func content(_ faults: [ActionFault]) -> ActionPage.Content {
        var request = ActionRequest(
            action, subject: purpose.action, user: view.user, address: view.address, origin: view.origin,
            secret: secret, place: place, acceptsCode: view.acceptsCode,
            minimumPasswordLength: minimumPasswordLength, faults: faults)
        request.keepsPassword = keepsPassword
        return isLink ? .request(request) : .codeEntry(request)
    }
}
