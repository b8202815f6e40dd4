// SPDX-License-Identifier: Apache-2.0

/// The two pages that show the OpenAPI document, and what they may load.
struct DocumentationPages {
    let title: String
    let assets: DocumentationAssets

    /// The Swagger UI page.
    ///
    /// Links are relative, so that the page works wherever a proxy puts it. `base` leads from the page's address to the
    /// folder that holds it: empty, or `../` when the address ends with a slash.
    func swagger(base: String) -> String {
        let style: String
        let script: String
        switch assets {
        case .contentDeliveryNetwork:
            style = Self.styleTag(DocumentationAssets.swaggerStyle)
            script = Self.scriptTag(DocumentationAssets.swaggerScript)
        case .local:
            style = "<link rel=\"stylesheet\" href=\"\(base)docs/swagger-ui.css\">"
            script = "<script src=\"\(base)docs/swagger-ui-bundle.js\"></script>"
        }
        return page(
            head: style,
            body: """
                <div id="swagger-ui" data-spec="\(base)openapi.json"></div>
                \(script)
                <script src="\(base)docs/init.js"></script>
                """)
    }

    /// The Redoc page.
    func redoc(base: String) -> String {
        let script =
            switch assets {
            case .contentDeliveryNetwork: Self.scriptTag(DocumentationAssets.redocScript)
            case .local: "<script src=\"\(base)docs/redoc.standalone.js\"></script>"
            }
        return page(head: "", body: "<redoc spec-url=\"\(base)openapi.json\"></redoc>\n\(script)")
    }

    /// The script that starts Swagger UI.
    ///
    /// A file of its own, so that the page's policy need not allow inline scripts.
    static let initScript = """
        const root = document.getElementById("swagger-ui");
        window.ui = SwaggerUIBundle({
          url: root.dataset.spec,
          domNode: root,
          deepLinking: true,
          validatorUrl: null,
          presets: [SwaggerUIBundle.presets.apis],
          layout: "BaseLayout",
        });

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

    private func page(head: String, body: String) -> String {
        """
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>\(Self.escaped(title))</title>
        \(head)
        </head>
        <body>
        \(body)
        </body>
        </html>

        """
    }

    private static func scriptTag(_ file: DocumentationAssets.Remote) -> String {
        "<script src=\"\(file.url)\" integrity=\"\(file.integrity)\" crossorigin=\"anonymous\"></script>"
    }

    private static func styleTag(_ file: DocumentationAssets.Remote) -> String {
        "<link rel=\"stylesheet\" href=\"\(file.url)\" integrity=\"\(file.integrity)\" crossorigin=\"anonymous\">"
    }

    private static func escaped(_ text: String) -> String {
        text.reduce(into: "") { result, character in
            switch character {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            default: result.append(character)
            }
        }
    }
}
