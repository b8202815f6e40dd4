// SPDX-License-Identifier: Apache-2.0

internal import AuthCore

/// A page without a form.
struct Notice: PageBody {
    let title: String
    let html: HTML

    /// Says that an action is done.
    init(
        done action: MailedAction, address: String, _ place: ActionRequest.Place, _ words: PageWords,
        application: String?
    ) {
        let own = words.action(action, address: address)
        // No browser has asked for an invitation or an undo.
        let isAsked = ![.undoAddressChange, .acceptInvitation].contains(action)
        let elsewhere: [HTML] =
            switch place {
            case .elsewhere where isAsked: ["<p>\(words[.doneElsewhere])</p>"]
            case .elsewhere, .sameBrowser: []
            }
        self.init(title: own.doneTitle, ["<p>\(own.done)</p>"] + elsewhere, words, application)
    }

    /// Says that a link leads to nothing.
    init(_ end: ActionEnd, _ words: PageWords, application: String?) {
        let (title, text): (PageText, PageText) =
            switch end {
            case .used: (.usedTitle, .used)
            case .expired: (.expiredTitle, .expired)
            case .ended: (.endedTitle, .ended)
            case .unknown: (.unknownTitle, .unknown)
            }
        self.init(
            title: words[title], ["<p>\(words[text])</p>", "<p>\(words[.nothingChanged])</p>"], words, application)
    }

    /// Says that the place for the code comes soon.
    init(waiting words: PageWords) {
        title = words[.codeEntryTitle]
        html = "\(["<h1>\(words[.codeEntryTitle])</h1>", "<p>\(words[.waiting])</p>"] as [HTML])"
    }

    private init(title: String, _ paragraphs: [HTML], _ words: PageWords, _ application: String?) {
        self.title = title
        var parts = ["<h1>\(title)</h1>"] + paragraphs
        if let application, Self.isWebAddress(application) {
            parts.append("<p><a class=\"button\" href=\"\(application)\">\(words[.continue])</a></p>")
        } else {
            parts.append("<p>\(words[.closePage])</p>")
        }
        html = "\(parts)"
    }

    /// Whether a link runs no script.
    private static func isWebAddress(_ text: String) -> Bool {
        text.utf8.starts(with: "https://".utf8) || text.utf8.starts(with: "http://".utf8)
    }
}
