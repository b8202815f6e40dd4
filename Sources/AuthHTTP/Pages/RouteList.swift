// SPDX-License-Identifier: Apache-2.0

internal import AuthCore
internal import AuthHTTPServer

/// All routes with their schemas, errors and curl lines, as HTML that needs no script and loads nothing.
///
/// It holds only links within the page.
struct RouteList {
    let table: EndpointTable
    let configuration: HTTPConfiguration
    let roles: RoleTable

    var html: String {
        """
        <main id="content" tabindex="-1">
        <h1>\(HTMLText.escaped(configuration.appName))</h1>
        <p>All routes of the HTTP interface. \(prefix) Every refusal is a problem document, whose <code>code</code> is one of \
        the \(HTMLText.link("errors", "errors")).</p>
        \(introduction)
        \(contents)
        \(Endpoint.Tag.allCases.map(section).joined())
        \(schemas)
        \(errors)
        </main>
        """
    }

    private var prefix: String {
        guard !configuration.prefix.isEmpty else { return "" }
        return "Each is found at the root and under \(HTMLText.code(configuration.prefix))."
    }

    private var introduction: String {
        let address = CurlLine.quoted(configuration.publicURL ?? configuration.localURL)
        let token = table.endpoints.contains { $0.operationID == "login" }
        let source = token ? "what \(HTMLText.link(Self.anchor("login"), "signing in")) answers" : "a sign-in"
        return """
            <p>The lines for a shell take the address from <code>BASE</code>, an access token from <code>ACCESS</code>, which is \
            in \(source), and parts of the path from variables of their names.</p>
            <pre><code>BASE=\(HTMLText.escaped(address))</code></pre>
            """
    }

    // MARK: Contents

    private var contents: String {
        let chapters = Endpoint.Tag.allCases.map { tag in
            let routes = endpoints(of: tag)
            guard !routes.isEmpty else { return "" }
            let items = routes.map { endpoint in
                "<li>\(HTMLText.link(Self.anchor(endpoint.operationID), Self.name(of: endpoint)))</li>"
            }.joined(separator: "\n")
            return
                "<p>\(HTMLText.link(Self.anchor(of: tag), HTMLText.escaped(tag.rawValue)))</p>\n<ul>\n\(items)\n</ul>"
        }.joined(separator: "\n")
        return """
            <nav class="routes" aria-label="Routes">
            \(chapters)
            <p>Reference</p>
            <ul><li>\(HTMLText.link("schemas", "Schemas"))</li><li>\(HTMLText.link("errors", "Errors"))</li></ul>
            </nav>
            """
    }

    // MARK: Routes

    private func section(_ tag: Endpoint.Tag) -> String {
        let routes = endpoints(of: tag)
        guard !routes.isEmpty else { return "" }
        return """
            <section aria-labelledby="\(Self.anchor(of: tag))">
            <h2 id="\(Self.anchor(of: tag))">\(HTMLText.escaped(tag.rawValue))</h2>
            \(routes.map(article).joined(separator: "\n"))
            </section>

            """
    }

    private func article(_ endpoint: Endpoint) -> String {
        let parts = [
            "<h3>\(Self.name(of: endpoint))</h3>", "<p>\(HTMLText.sentence(endpoint.summary)).</p>",
            HTMLText.paragraphs(endpoint.description), facts(endpoint), parameters(endpoint), body(endpoint),
            replies(endpoint), problems(endpoint),
            "<pre><code class=\"curl\">\(HTMLText.escaped(CurlLine(endpoint: endpoint).text))</code></pre>",
        ]
        return "<article id=\"\(Self.anchor(endpoint.operationID))\">\n"
            + parts.filter { !$0.isEmpty }.joined(separator: "\n") + "\n</article>"
    }

    private func facts(_ endpoint: Endpoint) -> String {
        var facts = [("Access", access(endpoint.access))]
        if endpoint.limit != .none {
            var limit = HTMLText.code(endpoint.limit.rawValue)
            if configuration.limits.isEnabled, let rule = configuration.limits.rules[endpoint.limit] {
                limit += ", \(rule.capacity) in \((rule.interval * rule.capacity).components.seconds) s"
            }
            facts.append(("Rate limit", limit))
        }
        return "<dl>" + facts.map { "<dt>\($0.0)</dt><dd>\($0.1)</dd>" }.joined() + "</dl>"
    }

    private func access(_ access: AccessRequirement) -> String {
        switch access {
        case .anyone: return "anyone"
        case .authenticated: return "any access token"
        case .verifiedAddress: return "any access token of a user with a verified address"
        case .role(let role): return "the role \(HTMLText.code(role.name))"
        case .scope(let scope): return "the permissions \(HTMLText.code(scope.description))"
        case .anyOf(let alternatives): return alternatives.map(self.access).joined(separator: " or ")
        case .service: return "a secret of <code>CHANGE_FEED_SECRETS</code>, here in <code>SECRET</code>"
        case .permission(let permission):
            let granting = roles.roles.filter { roles.scope(of: $0).covers(permission) }.map { HTMLText.code($0.name) }
            return "the permission \(HTMLText.code(permission.name)), which "
                + (granting.isEmpty
                    ? "no role grants"
                    : granting.joined(separator: ", ") + (granting.count == 1 ? " grants" : " grant"))
        }
    }

    private func parameters(_ endpoint: Endpoint) -> String {
        let inPath = endpoint.path.parameterNames.map { name in
            [HTMLText.code(name), "path, <code>$\(CurlLine.variable(name))</code>", "string", ""]
        }
        let inQuery = endpoint.query.map { parameter in
            let schema = parameter.schema.value
            return [
                HTMLText.code(parameter.name), "query", SchemaText.description(of: schema),
                HTMLText.sentence(schema.objectValue?["description"]?.stringValue ?? ""),
            ]
        }
        let rows = inPath + inQuery
        guard !rows.isEmpty else { return "" }
        return "<h4>Parameters</h4>\n"
            + HTMLText.table("Parameters of \(endpoint.path)", ["Name", "Place", "Type", "Meaning"], rows)
    }

    private func body(_ endpoint: Endpoint) -> String {
        guard let body = endpoint.body else { return "" }
        let formats = body.formats.map { HTMLText.code($0.contentType) }.joined(separator: " or ")
        let optional = body.isRequired ? "" : "; may be absent"
        let examples = body.examples.map { example in
            let text = String(decoding: example.value.serialized, as: UTF8.self)
            return
                "<p class=\"soft\">\(HTMLText.escaped(example.title)):</p>\n<pre><code>\(HTMLText.escaped(text))</code></pre>"
        }
        return "<h4>Body</h4>\n<p>\(SchemaText.description(of: body.schema.value)), as \(formats)\(optional)</p>\n"
            + examples.joined(separator: "\n")
    }

    private func replies(_ endpoint: Endpoint) -> String {
        let rows = endpoint.replies.map { reply in
            [
                "\(reply.status.rawValue)", HTMLText.sentence(reply.description),
                reply.content.map { "\(SchemaText.description(of: $0.schema.value)), \(HTMLText.code($0.mediaType))" }
                    ?? "none",
            ]
        }
        return "<h4>Responses</h4>\n"
            + HTMLText.table("Responses of \(endpoint.path)", ["Status", "Meaning", "Body"], rows)
    }

    private func problems(_ endpoint: Endpoint) -> String {
        let links = endpoint.allProblems.map { kind in
            "\(kind.status.rawValue)\u{a0}\(HTMLText.link(ProblemText.anchor(kind), HTMLText.escaped(kind.code)))"
        }
        return "<h4>Errors</h4>\n<p>\(links.joined(separator: ", "))</p>"
    }

    // MARK: Reference

    private var schemas: String {
        let described = table.schemas.map { component in
            let members = SchemaText.members("Members of \(component.name)", component.schema.value)
            let text = members.isEmpty ? "<p>\(SchemaText.description(of: component.schema.value))</p>" : members
            return """
                <article id="\(SchemaText.anchor(component.name))">
                <h3>\(HTMLText.escaped(component.name))</h3>
                \(text)
                </article>
                """
        }.joined(separator: "\n")
        return """
            <section aria-labelledby="schemas">
            <h2 id="schemas">Schemas</h2>
            \(described)
            </section>
            """
    }

    private var errors: String {
        let described = table.problems.inOrder().map { kind in
            """
            <article id="\(ProblemText.anchor(kind))">
            <h3>\(HTMLText.escaped(kind.title))</h3>
            \(ProblemText.html(kind))
            </article>
            """
        }.joined(separator: "\n")
        return """
            <section aria-labelledby="errors">
            <h2 id="errors">Errors</h2>
            <p>Every error is an <code>application/problem+json</code> document (RFC 9457) with <code>type</code>, \
            <code>title</code>, <code>status</code>, <code>detail</code>, <code>code</code> and <code>instance</code>, the \
            request id. Branch on <code>code</code>: it never changes meaning.</p>
            \(described)
            </section>
            """
    }

    // MARK: Names

    private func endpoints(of tag: Endpoint.Tag) -> [Endpoint] {
        table.endpoints.filter { $0.tag == tag }
    }

    private static func name(of endpoint: Endpoint) -> String {
        "<code class=\"method\">\(endpoint.method.rawValue)</code> \(HTMLText.code(endpoint.path.description))"
    }

    /// The anchor of a route.
    static func anchor(_ operationID: String) -> String { "op-\(operationID)" }

    private static func anchor(of tag: Endpoint.Tag) -> String {
        "tag-" + tag.rawValue.lowercased().split(separator: " ").joined(separator: "-")
    }
}
