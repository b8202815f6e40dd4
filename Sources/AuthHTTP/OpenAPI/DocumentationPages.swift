// SPDX-License-Identifier: Apache-2.0

/// The two pages that show the OpenAPI document, and what they may load.
///
/// Each has the list of routes, and one of two programs in its place as soon as the browser has loaded it. Without scripts, or
/// where their address cannot be reached, the list stays.
struct DocumentationPages {
    /// A program that shows the document.
    enum Program: String {
        case swagger = "Swagger UI"
        case redoc = "Redoc"
    }

    let title: String
    let assets: DocumentationAssets

    /// A page up to the list of routes.
    ///
    /// No file of another host stands in the way of the list: its script is deferred, and its style is loaded by
    /// ``initScript``. `base` is that of ``Page``.
    func opening(_ program: Program, base: String) -> String {
        var page = Page(title: title)
        page.head = """
            \(script(program, base: base))
            <script src="\(base)docs/init.js" defer></script>
            """
        page.links = [
            link("docs", "Swagger UI", program == .swagger, base: base),
            link("redoc", "Redoc", program == .redoc, base: base),
            "<a href=\"\(base)openapi.json\">OpenAPI document</a>",
        ]
        page.controls = "<button type=\"button\" id=\"toggle\" hidden>Plain list</button>"
        return page.opening(base: base) + """
            <div id="program" data-name="\(program.rawValue)" data-spec="\(base)openapi.json"\(style(program, base: base))></div>
            <div id="list">

            """
    }

    /// What follows the list.
    static let closing = "</div>\n" + Page.closing

    /// The script that starts a program in place of the list.
    ///
    /// A file of its own, so that the page's policy need not allow inline scripts. It runs after the program's script has been
    /// loaded or could not be.
    static let initScript = """
        "use strict";
        const place = document.getElementById("program");
        const toggle = document.getElementById("toggle");
        const isRedoc = place.dataset.name === "Redoc";
        // A link into the list leads to its place there. The programs change the address.
        const isLinkIntoList = /^#(op|tag|schema|problem)-|^#(schemas|errors|content)$/.test(location.hash);

        function show(isProgram) {
          document.documentElement.classList.toggle("ui", isProgram);
          place.hidden = !isProgram;
          toggle.textContent = isProgram ? "Plain list" : place.dataset.name;
        }

        function start() {
          if (isRedoc) {
            Redoc.init(place.dataset.spec, {}, place);
          } else {
            window.ui = SwaggerUIBundle({
              url: place.dataset.spec,
              domNode: place,
              deepLinking: true,
              validatorUrl: null,
              presets: [SwaggerUIBundle.presets.apis],
              layout: "BaseLayout",
            });
          }
          toggle.hidden = false;
          toggle.addEventListener("click", () => show(!document.documentElement.classList.contains("ui")));
          show(!isLinkIntoList);
        }

        function loadStyle() {
          const style = document.createElement("link");
          style.rel = "stylesheet";
          if (place.dataset.integrity) {
            style.integrity = place.dataset.integrity;
            style.crossOrigin = "anonymous";
          }
          style.addEventListener("load", start);
          style.href = place.dataset.style;
          document.head.append(style);
        }

        if (isRedoc ? window.Redoc : window.SwaggerUIBundle) {
          if (place.dataset.style) { loadStyle(); } else { start(); }
        }

        """

    /// What the Swagger page may load.
    ///
    /// Both programs write styles into the page and draw images from data.
    var swaggerPolicy: String {
        policy(remote: DocumentationAssets.swaggerBase)
    }

    /// What the Redoc page may load; it searches in a worker made from a blob.
    var redocPolicy: String {
        policy(remote: DocumentationAssets.redocBase) + "; worker-src blob:"
    }

    private func policy(remote: String) -> String {
        let source = assets == .contentDeliveryNetwork ? " \(remote)" : ""
        return "default-src 'none'; script-src 'self'\(source); style-src 'self' 'unsafe-inline'\(source); "
            + "img-src 'self' data:; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
    }

    private func script(_ program: Program, base: String) -> String {
        switch (assets, program) {
        case (.contentDeliveryNetwork, .swagger): Self.tag(DocumentationAssets.swaggerScript)
        case (.contentDeliveryNetwork, .redoc): Self.tag(DocumentationAssets.redocScript)
        case (.local, .swagger): "<script src=\"\(base)docs/swagger-ui-bundle.js\" defer></script>"
        case (.local, .redoc): "<script src=\"\(base)docs/redoc.standalone.js\" defer></script>"
        }
    }

    /// Where the script finds the style of a program that has one.
    private func style(_ program: Program, base: String) -> String {
        switch (assets, program) {
        case (.contentDeliveryNetwork, .swagger):
            let file = DocumentationAssets.swaggerStyle
            return " data-style=\"\(file.url)\" data-integrity=\"\(file.integrity)\""
        case (.local, .swagger): return " data-style=\"\(base)docs/swagger-ui.css\""
        case (_, .redoc): return ""
        }
    }

    private func link(_ path: String, _ name: String, _ isCurrent: Bool, base: String) -> String {
        "<a href=\"\(base)\(path)\"\(isCurrent ? " aria-current=\"page\"" : "")>\(name)</a>"
    }

    private static func tag(_ file: DocumentationAssets.Remote) -> String {
        "<script src=\"\(file.url)\" integrity=\"\(file.integrity)\" crossorigin=\"anonymous\" defer></script>"
    }
}
