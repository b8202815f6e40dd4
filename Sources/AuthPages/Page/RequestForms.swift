// SPDX-License-Identifier: Apache-2.0

internal import AuthCore
internal import AuthHTTPServer
internal import AuthService

/// A page with the forms of an action: first who, what, when and from where, then what must be typed, then the button.
struct RequestForms: PageBody {
    private let request: ActionRequest
    private let words: PageWords
    private let own: ActionWords
    private let base: String
    /// Whether the page stands where the mail was asked for, and waits for its code.
    private let asksForMail: Bool

    init(_ request: ActionRequest, _ words: PageWords, base: String, asksForMail: Bool) {
        self.request = request
        self.words = words
        own = words.action(request.action, address: request.address)
        self.base = base
        self.asksForMail = asksForMail
    }

    private var heading: String { asksForMail ? words[.codeEntryTitle] : own.title }

    var title: String { request.faults.isEmpty ? heading : words.fill(.errorTitle, ["title": heading]) }

    var html: HTML {
        let forms = forms
        var parts: [HTML] = ["<h1>\(heading)</h1>"]
        if forms.isEmpty {
            parts += [facts, "<p>\(wayOut)</p>"]
        } else {
            parts += summary + ["<p>\(introduction)</p>", facts] + guidance + forms
        }
        return "\(parts + report)"
    }

    /// What to do instead where nothing is left to press.
    private var wayOut: String {
        guard !request.faults.contains(.codeExpired) else { return words[.codeExpired] }
        let voided = words[.codeVoided]
        switch request.action {
        case .verifyAddress, .resetPassword, .changeAddress, .signIn, .unlock, .reauthenticate, .supabase:
            return voided + " " + words[.openWhereAsked]
        // No browser has asked for it.
        case .acceptInvitation: return voided + " " + words[.askInviter]
        case .undoAddressChange, .report: return voided
        }
    }

    private var introduction: String {
        guard asksForMail else {
            return request.keepsPassword
                ? words.fill(.invitationOfUser, ["address": request.address]) : own.introduction
        }
        let sentence: PageText
        switch request.action {
        // Their mails are sent whether or not another user has the address.
        case .verifyAddress, .changeAddress, .acceptInvitation, .undoAddressChange: sentence = .codeEntrySent
        case .resetPassword, .signIn, .unlock, .reauthenticate, .supabase, .report: sentence = .codeEntry
        }
        return words.fill(sentence, ["address": request.address])
    }

    /// Where the mail was asked for, a user's own name would tell that there is one.
    private var shownUser: String { asksForMail ? request.address : request.user }

    // MARK: Before any button

    private var facts: HTML {
        let (language, origin) = (words.language, request.origin)
        let unknown = words[.notKnown]
        let rows: [(PageText, String)] = [
            (.user, shownUser), (.act, words.action(request.subject, address: request.address).act),
            (.time, origin.time.readable(in: language)), (.device, origin.place?.device(in: language) ?? unknown),
            (.network, origin.place?.network(in: language) ?? unknown),
        ]
        let items = rows.map { name, value in "<div><dt>\(words[name])</dt><dd>\(value)</dd></div>" as HTML }
        return """
            <dl>
            \(items)
            </dl>
            """
    }

    private var guidance: [HTML] {
        if asksForMail { return ["<p>\(words[.codeOnlyHere])</p>"] }
        guard request.place == .elsewhere else { return [] }
        switch request.action {
        case .verifyAddress, .changeAddress, .signIn, .unlock, .reauthenticate, .supabase:
            return ["<p>\(words[.typeCodeElsewhere])</p>"]
        case .report: return ["<p>\(words[.typeCodeToReport])</p>"]
        case .resetPassword: return ["<p>\(words[.openedElsewhere])</p>"]
        // No browser has asked for these.
        case .undoAddressChange, .acceptInvitation: return []
        }
    }

    private var summary: [HTML] {
        guard !request.faults.isEmpty else { return [] }
        let items = request.faults.map { fault -> HTML in
            let text = words.fault(fault)
            guard let field = fault.field, fields.contains(field) else { return "<li>\(text)</li>" }
            return "<li><a href=\"#\(field.rawValue)\">\(text)</a></li>"
        }
        return [
            """
            <div class="faults" role="alert">
            <p>\(words[.notDone])</p>
            <ul>
            \(items)
            </ul>
            </div>
            """
        ]
    }

    // MARK: Forms

    private var needsCode: Bool { asksForMail || request.place == .elsewhere }

    /// What each form of the page asks for.
    private var inputs: [(fields: [ActionField], button: String)] {
        let code: [ActionField] = needsCode && request.acceptsCode ? [.code] : []
        switch request.action {
        case .acceptInvitation where request.keepsPassword:
            return request.acceptsCode ? [([.code], own.button)] : []
        case .resetPassword, .acceptInvitation:
            // A new password is typed input, so a link needs no code beside it; without the link the code says whose it is.
            guard asksForMail else { return [([.password], own.button)] }
            return code.isEmpty ? [] : [([.code, .password], own.button)]
        case .undoAddressChange:
            // Its mail was not asked for, so that no browser is the right one.
            return (request.acceptsCode ? [([.code], own.button)] : []) + [([.password], words[.undoWithPassword])]
        case .verifyAddress, .changeAddress, .signIn, .unlock, .reauthenticate, .supabase, .report:
            if needsCode, code.isEmpty { return [] }
            // The proof of the mailbox binds a password that is typed beside it.
            return [(request.action == .verifyAddress ? code + [.currentPassword] : code, own.button)]
        }
    }

    private var fields: [ActionField] { inputs.flatMap(\.fields) }

    private var forms: [HTML] {
        inputs.enumerated().map { index, form in
            let secret = request.secret
            let between: [HTML] = index == 0 ? [] : ["<h2>\(words[.orPassword])</h2>"]
            let parts: [HTML] =
                ["<input type=\"hidden\" name=\"\(secret.field.rawValue)\" value=\"\(secret.text)\">"]
                + form.fields.flatMap(input) + ["<p><button type=\"submit\">\(form.button)</button></p>"]
            return """
                \(between)
                <form method="post" action="\(base)actions/\(request.action.rawValue)">
                \(parts)
                </form>
                """
        }
    }

    private func input(_ field: ActionField) -> [HTML] {
        switch field {
        case .token, .handle: []
        case .code:
            labelled(
                field, words[.codeLabel], hint: words[.codeHint],
                """
                type="text" autocomplete="one-time-code" autocapitalize="characters" spellcheck="false" maxlength="32"
                """)
        case .password:
            [username]
                + labelled(
                    field, words[.passwordLabel],
                    hint: words.fill(.passwordHint, ["count": String(request.minimumPasswordLength)]),
                    "type=\"password\" autocomplete=\"new-password\"")
        case .currentPassword:
            [username]
                + labelled(
                    field, words[.currentPasswordLabel], hint: words[.currentPasswordHint],
                    "type=\"password\" autocomplete=\"current-password\"", isRequired: false)
        }
    }

    /// For password managers, which otherwise do not know whose password it is.
    private var username: HTML {
        "<input type=\"text\" autocomplete=\"username\" value=\"\(shownUser)\" hidden readonly>"
    }

    /// A field with its label, its hint and what was wrong with it, which a screen reader says together.
    private func labelled(
        _ field: ActionField, _ label: String, hint: String, _ attributes: HTML, isRequired: Bool = true
    ) -> [HTML] {
        let name = field.rawValue
        let faults = request.faults.filter { $0.field == field }
        let sentences = faults.map(words.fault).joined(separator: " ")
        let fault: [HTML] = faults.isEmpty ? [] : ["<p class=\"fault\" id=\"\(name)-fault\">\(sentences)</p>"]
        let state: HTML =
            faults.isEmpty
            ? "aria-describedby=\"\(name)-hint\""
            : "aria-invalid=\"true\" aria-describedby=\"\(name)-fault \(name)-hint\""
        let required: HTML = isRequired ? " required" : ""
        return [
            "<label for=\"\(name)\">\(label)</label>", "<p class=\"hint\" id=\"\(name)-hint\">\(hint)</p>",
        ] + fault + [
            "<input id=\"\(name)\" name=\"\(name)\" \(attributes) \(state)\(required)>"
        ]
    }

    // MARK: At the end

    /// The way to the page on which users say that it was not them, where there is a link to end.
    private var report: [HTML] {
        guard !asksForMail, request.action != .report else { return [] }
        guard request.action != .undoAddressChange else { return ["<p class=\"note\">\(words[.ifYou])</p>"] }
        switch request.secret {
        case .handle: return ["<p class=\"note\">\(words[.ifNotYou])</p>"]
        // Without the code, that page has no button either.
        case .token where request.place == .elsewhere && !request.acceptsCode:
            return ["<p class=\"note\">\(words[.ifNotYou])</p>"]
        case .token(let token):
            let target = "actions/\(MailedAction.report.rawValue)?token=\(PercentEncoding.encode(token.revealed))"
            return ["<p class=\"note\">\(words[.ifNotYou]) <a href=\"\(base)\(target)\">\(words[.notMe])</a></p>"]
        }
    }
}
