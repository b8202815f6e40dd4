// SPDX-License-Identifier: Apache-2.0

internal import AuthCore

/// What stands at the root of the interface, for people and for clients: where to go from there.
///
/// In production it tells nothing of the program, its version or its settings that is not in the documentation, too.
struct OverviewPage {
    let configuration: HTTPConfiguration

    static let schema = Schema.object([
        .required("name", .string("The service's name.")),
        .required("health", .string("The liveness check.", format: "uri-reference")),
        .optional("documentation", .string("A page with all routes.", format: "uri-reference")),
        .optional("openapi", .string("The OpenAPI document.", format: "uri-reference")),
        .optional("version", .string("In development, the version of authd.")),
    ])

    var json: [UInt8] {
        let base = configuration.publicURL ?? ""
        var writer = JSONWriter()
        writer.object { body in
            body.member("name", configuration.appName)
            body.member("health", base + "/health")
            if configuration.exposesDocumentation {
                body.member("documentation", base + "/docs")
                body.member("openapi", base + "/openapi.json")
            }
            if configuration.isDevelopment { body.member("version", configuration.version) }
        }
        return writer.bytes
    }

    /// The page for people; `base` is that of ``Page``.
    func html(base: String) -> [UInt8] {
        var links = [("health", "Health", "whether the service is alive")]
        if configuration.exposesDocumentation {
            links =
                [
                    (
                        "docs", "All routes",
                        "with schemas, errors and lines for curl, in Swagger UI where it can be loaded"
                    ),
                    ("redoc", "All routes in Redoc", "the same in another program"),
                    ("openapi.json", "OpenAPI document", "for programs that generate clients"),
                ] + links
        }
        let items = links.map { path, name, what in "<li><a href=\"\(base)\(path)\">\(name)</a>: \(what)</li>" }
        let content = """
            <h1>\(HTMLText.escaped(configuration.appName))</h1>
            <p>This service registers users, signs them in and issues tokens. It is an interface for programs and has no pages \
            for its users.</p>
            <ul>
            \(items.joined(separator: "\n"))
            </ul>
            \(configuration.isDevelopment ? development(base: base) : "")
            """
        return Page(title: configuration.appName).html(base: base, content: content)
    }

    private func development(base: String) -> String {
        let register = Self.link("register", "Register", base, isDocumented: configuration.exposesDocumentation)
        let signIn = Self.link("login", "sign in", base, isDocumented: configuration.exposesDocumentation)
        return """
            <h2>Development</h2>
            <p>authd \(HTMLText.escaped(configuration.version)) serves for development: it tells programs on this machine tokens \
            that it would mail otherwise, and its rate limits are wide.</p>
            <p>\(register) a user, then \(signIn). Open the pages of your own application under <code>localhost</code>, too: a \
            browser does not share cookies between <code>localhost</code> and <code>127.0.0.1</code>.</p>
            """
    }

    private static func link(_ operationID: String, _ name: String, _ base: String, isDocumented: Bool) -> String {
        isDocumented ? "<a href=\"\(base)docs#\(RouteList.anchor(operationID))\">\(name)</a>" : name
    }
}
