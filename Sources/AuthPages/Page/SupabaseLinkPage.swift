// SPDX-License-Identifier: Apache-2.0

package import AuthCore
package import AuthHTTP
package import AuthHTTPServer

/// The page that a link in a mail of Supabase's API leads to: what was asked for, and one button.
///
/// Opening it changes nothing. Its form posts `token`, `type` and `redirect_to` to the page's own path, and the answer leads to
/// the application.
package struct SupabaseLinkPage: Sendable {
    /// What users know the service as.
    package let appName: String
    /// The language of the page.
    package let language: Language
    /// What the mail was for.
    package let kind: SupabaseMailKind
    /// The address that it went to.
    package let address: String
    /// When, and from where, it was asked for.
    package let origin: ActionOrigin
    /// What the form carries, as the link had it: the token, the type and the place to return to.
    package let fields: [(name: String, value: String)]
    /// Where the answer to the form leads.
    package let target: ReturnTarget
    /// Whether the path of the page ends with a slash, from which its form and icon lead elsewhere.
    package let hasSlash: Bool

    /// Describes a page.
    package init(
        appName: String, language: Language, kind: SupabaseMailKind, address: String, origin: ActionOrigin,
        fields: [(name: String, value: String)], target: ReturnTarget, hasSlash: Bool = false
    ) {
        self.appName = appName
        self.language = language
        self.kind = kind
        self.address = address
        self.origin = origin
        self.fields = fields
        self.target = target
        self.hasSlash = hasSlash
    }

    /// The page in UTF-8.
    package var octets: [UInt8] {
        let body = SupabaseLinkForm(page: self, words: PageWords(language: language, appName: appName))
        return Array(ActionPage.frame(body, appName: appName, language: language, base: base).markup.utf8)
    }

    /// The page as a reply that no cache keeps and that sends no address of its own to others.
    package func reply(_ replies: ReplyFactory) -> Reply {
        let policy = ActionPage.policy(formsTo: Self.place(of: target.text))
        return Reply(
            .ok,
            replies.publicBlock(contentType: ActionPage.contentType, cacheControl: "no-store", policy: policy),
            body: octets)
    }

    /// What leads from the page to the root: it stands at `/auth/v1/verify`.
    private var base: String { hasSlash ? "../../../" : "../../" }

    /// Where the form goes: to the page's own path, without the query.
    fileprivate var path: String { hasSlash ? "../verify" : "verify" }

    /// The origin of an address, or the scheme of an app's; as a policy can name it.
    ///
    /// An address in brackets stands in no policy, and its scheme is named. `nil` for what no address of a policy can be.
    static func place(of address: String) -> String? {
        let octets = address.utf8
        guard let colon = octets.firstIndex(of: UInt8(ascii: ":")) else { return nil }
        let scheme = octets[..<colon]
        let isWord = scheme.allSatisfy { octet in
            switch octet {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "+"):
                true
            default: false
            }
        }
        guard isWord, !scheme.isEmpty else { return nil }
        let name = String(decoding: scheme, as: UTF8.self)
        let isWeb = ASCIICase.matches(name, lowercase: "https") || ASCIICase.matches(name, lowercase: "http")
        let rest = octets[octets.index(after: colon)...]
        guard isWeb, rest.starts(with: "//".utf8) else { return name + ":" }
        let authority = rest.dropFirst(2).prefix { octet in
            octet != UInt8(ascii: "/") && octet != UInt8(ascii: "?") && octet != UInt8(ascii: "#")
        }
        let isHost = authority.allSatisfy { octet in
            switch octet {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: ":"):
                true
            default: false
            }
        }
        guard isHost, !authority.isEmpty else { return name + ":" }
        return name + "://" + String(decoding: authority, as: UTF8.self)
    }
}

/// What stands in the frame of the page.
private struct SupabaseLinkForm: PageBody {
    let page: SupabaseLinkPage
    let words: PageWords

    private var own: SupabaseLinkWords { SupabaseLinkWords.of(page.kind, in: page.language) }

    private func filled(_ text: String) -> String {
        words.fill(text, ["address": page.address])
    }

    var title: String { filled(own.title) }

    var html: HTML {
        let unknown = words[.notKnown]
        let rows: [(PageText, String)] = [
            (.user, page.address), (.act, own.act), (.time, page.origin.time.readable(in: page.language)),
            (.device, page.origin.place?.device(in: page.language) ?? unknown),
            (.network, page.origin.place?.network(in: page.language) ?? unknown),
        ]
        let facts = rows.map { name, value in "<div><dt>\(words[name])</dt><dd>\(value)</dd></div>" as HTML }
        let inputs = page.fields.map { field in
            "<input type=\"hidden\" name=\"\(field.name)\" value=\"\(field.value)\">" as HTML
        }
        return """
            <h1>\(title)</h1>
            <p>\(filled(own.introduction))</p>
            <dl>
            \(facts)
            </dl>
            <form method="post" action="\(page.path)">
            \(inputs)
            <p><button type="submit">\(filled(own.button))</button></p>
            </form>
            <p class="note">\(words[.ifNotYou])</p>
            """
    }
}
