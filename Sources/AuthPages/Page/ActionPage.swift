// SPDX-License-Identifier: Apache-2.0

public import AuthCore

/// A page of a mailed action, as a value: what it shows, and nothing of how it came about.
///
/// Opening a page changes nothing. Its forms post to `/actions/{purpose}` with the fields of ``ActionField``.
public struct ActionPage: Hashable, Sendable {
    /// What a page shows.
    public enum Content: Hashable, Sendable {
        /// An action that a button of the page does.
        case request(ActionRequest)
        /// The place for the code, in the browser that has asked for a mail to an address: it tells nothing of whether a user
        /// has the address.
        case codeEntry(ActionRequest)
        /// The same, while nothing is known of the request yet: the page is asked for again soon.
        case waiting
        /// An action that is done, for this address.
        case done(MailedAction, address: String, ActionRequest.Place)
        /// A link that leads to nothing that can be done.
        case ended(ActionEnd)
    }

    /// What users know the service as.
    public var appName: String
    /// The language of the page.
    public var language: Language
    /// What the page shows.
    public var content: Content
    /// Where a page that has nothing more to ask leads to: an `https` URL of the application's, or `http` for development;
    /// others are left out.
    public var application: String?
    /// What leads from the page's address to the place of the interface: `../` from `/actions/reset`.
    public var base: String

    /// Describes a page.
    public init(
        appName: String, language: Language, _ content: Content, application: String? = nil, base: String = "../"
    ) {
        self.appName = appName
        self.language = language
        self.content = content
        self.application = application
        self.base = base
    }

    /// The media type of ``octets``.
    public static let contentType = "text/html; charset=utf-8"

    /// The policy that the page is served with: no scripts, no frames, its own style and icon, and forms that go nowhere else.
    public static let policy: String = policy(formsTo: nil)

    /// The same for a page whose form is answered with a redirect to another place: browsers check it against the policy, too.
    ///
    /// `place` is an origin, or a scheme with its colon.
    static func policy(formsTo place: String?) -> String {
        let forms = place.map { "'self' \($0)" } ?? "'self'"
        return "default-src 'none'; style-src \(ActionStyle.source); img-src 'self'; form-action \(forms); "
            + "frame-ancestors 'none'; base-uri 'none'"
    }

    /// The page in UTF-8.
    public var octets: [UInt8] { Array(html.markup.utf8) }

    var html: HTML {
        let words = PageWords(language: language, appName: appName)
        return switch content {
        case .request(let request): frame(RequestForms(request, words, base: base, asksForMail: false))
        case .codeEntry(let request): frame(RequestForms(request, words, base: base, asksForMail: true))
        case .done(let action, let address, let place):
            frame(Notice(done: action, address: address, place, words, application: application))
        case .waiting: frame(Notice(waiting: words))
        case .ended(let end): frame(Notice(end, words, application: application))
        }
    }

    private func frame(_ body: some PageBody) -> HTML {
        Self.frame(body, appName: appName, language: language, base: base)
    }

    /// A page of the service around what it is about.
    static func frame(_ body: some PageBody, appName: String, language: Language, base: String) -> HTML {
        """
        <!DOCTYPE html>
        <html lang="\(language.rawValue)">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="robots" content="noindex">
        <meta name="referrer" content="no-referrer">
        <title>\(body.title) – \(appName)</title>
        <link rel="icon" href="\(base)favicon.ico">
        <style>\(ActionStyle.html)</style>
        </head>
        <body>
        <header><p>\(appName)</p></header>
        <main>
        \(body.html)
        </main>
        </body>
        </html>

        """
    }
}

/// What stands in the frame of a page.
protocol PageBody {
    /// The text of the page's title, without the service's name.
    var title: String { get }
    var html: HTML { get }
}
