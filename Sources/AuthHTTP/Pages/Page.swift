// SPDX-License-Identifier: Apache-2.0

/// A page of the interface: its frame, without what stands in it.
///
/// Links are relative, so that the pages work wherever a proxy puts them. `base` leads from the page's address to the place
/// that the interface has: empty, or one or more `../`.
struct Page {
    static let contentType = "text/html; charset=utf-8"

    /// The text of its title.
    let title: String
    /// HTML for its head, besides what every page has.
    var head = ""
    /// HTML for the links at its top, each an element of a list.
    var links: [String] = []
    /// HTML at the end of the line of links.
    var controls = ""

    /// What leads from the address of a page to the place of the interface.
    ///
    /// - Parameters:
    ///   - target: The target of the request for the page.
    ///   - depth: How many segments the page's path has there.
    ///   - prefix: The other path of the interface, in which a page of depth 0 may be asked for without a slash.
    /// - Returns: `base`, which depends on whether the address ends with a slash.
    static func base(of target: String, depth: Int, prefix: String) -> String {
        let path = target.utf8.prefix { $0 != UInt8(ascii: "?") }
        let endsWithSlash = path.last == UInt8(ascii: "/")
        guard depth == 0 else { return String(repeating: "../", count: endsWithSlash ? depth : depth - 1) }
        guard !endsWithSlash, let last = prefix.utf8.split(separator: UInt8(ascii: "/")).last else { return "" }
        return String(Substring(last)) + "/"
    }

    /// All up to the place for the page's own content.
    func opening(base: String) -> String {
        let name = HTMLText.escaped(title)
        let items = links.map { "<li>\($0)</li>" }.joined()
        let navigation = links.isEmpty ? "" : "<nav aria-label=\"Pages\"><ul>\(items)</ul></nav>"
        return """
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>\(name)</title>
            <link rel="icon" href="\(base)favicon.ico">
            <style>\(PageStyle.css)</style>
            \(head)
            </head>
            <body>
            <a class="skip" href="#content">Skip to the content</a>
            <header class="top"><strong>\(name)</strong>\(navigation)\(controls)</header>

            """
    }

    /// All behind it.
    static let closing = "</body>\n</html>\n"

    /// The whole page.
    func html(base: String, content: String) -> [UInt8] {
        Array(
            (opening(base: base) + "<main id=\"content\" tabindex=\"-1\">\n\(content)\n</main>\n" + Self.closing).utf8)
    }

    /// What a page may load that runs no script: this style and the icon.
    static let policy =
        "default-src 'none'; style-src \(PageStyle.source); img-src 'self'; frame-ancestors 'none'; base-uri 'none'; "
        + "form-action 'none'"
}
