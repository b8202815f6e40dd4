// SPDX-License-Identifier: Apache-2.0

internal import AuthCore
internal import AuthHTTPServer

/// The OpenAPI document and the two pages that show it.
struct DocumentationEndpoints: EndpointGroup {
    let configuration: HTTPConfiguration
    let assets: DocumentationAssets
    let description: SelfDescription
    let replies: ReplyFactory

    var endpoints: [Endpoint] {
        let pages = DocumentationPages(title: configuration.appName, assets: assets)
        var endpoints = [
            openAPI,
            page("/docs", "swagger", "Read about all routes, in Swagger UI", pages.swaggerPolicy, pages, .swagger),
            page("/redoc", "redoc", "Read about all routes, in Redoc", pages.redocPolicy, pages, .redoc),
            file("/docs/init.js", "swaggerStart", "text/javascript", Array(DocumentationPages.initScript.utf8)),
        ]
        if case .local(let swaggerScript, let swaggerStyle, let redocScript) = assets {
            endpoints += [
                file("/docs/swagger-ui-bundle.js", "swaggerScript", "text/javascript", swaggerScript),
                file("/docs/swagger-ui.css", "swaggerStyle", "text/css", swaggerStyle),
                file("/docs/redoc.standalone.js", "redocScript", "text/javascript", redocScript),
            ]
        }
        return endpoints
    }

    private var openAPI: Endpoint {
        let block = replies.publicBlock(contentType: "application/json", cacheControl: "public, max-age=300")
        let documents = StoredDocuments()
        return Endpoint(
            method: .get, path: "/openapi.json", operationID: "openapi", tag: .operations,
            summary: "Read this OpenAPI document", access: .anyone, limit: .none,
            replies: [.json(.ok, "An OpenAPI 3.1 document", .anyObject), .empty(.notModified, "Not changed")],
            handle: { [description] (call) throws(Refusal) in
                let current = description.documents
                return documents.document("openapi.json", for: current.roles) { current.openAPI }
                    .reply(to: call.request, block)
            })
    }

    private static let closing = Array(DocumentationPages.closing.utf8)

    private func page(
        _ path: PathTemplate, _ operationID: String, _ summary: String, _ policy: String, _ pages: DocumentationPages,
        _ program: DocumentationPages.Program
    ) -> Endpoint {
        let block = replies.publicBlock(
            contentType: Page.contentType, cacheControl: "public, max-age=300", policy: policy)
        let prefix = configuration.prefix
        let documents = StoredDocuments()
        return Endpoint(
            method: .get, path: path, operationID: operationID, tag: .operations, summary: summary, access: .anyone,
            limit: .none,
            description: """
                A list of all routes with their schemas, errors and lines for curl, which needs no script. A browser that can load
                the program shows it in place of the list.
                """,
            replies: [
                ReplyDescription(
                    status: .ok, description: "A page", content: .init(mediaType: "text/html", schema: .string())),
                .empty(.notModified, "Not changed"),
            ],
            handle: { [description] (call) throws(Refusal) in
                // One with a slash at the end of the path, and one without.
                let base = Page.base(of: call.request.target, depth: 1, prefix: prefix)
                let current = description.documents
                let document = documents.document(base, for: current.roles) {
                    Array(pages.opening(program, base: base).utf8) + current.routeList + Self.closing
                }
                return document.reply(to: call.request, block)
            })
    }

    private func file(_ path: PathTemplate, _ operationID: String, _ type: String, _ content: [UInt8]) -> Endpoint {
        let block = replies.publicBlock(contentType: "\(type); charset=utf-8", cacheControl: "public, max-age=86400")
        return Endpoint(
            method: .get, path: path, operationID: operationID, tag: .operations,
            summary: "Read a file of the documentation pages",
            access: .anyone, limit: .none,
            replies: [
                ReplyDescription(
                    status: .ok, description: "The file", content: .init(mediaType: type, schema: .string()))
            ],
            handle: { (_) throws(Refusal) in Reply(.ok, block, body: content) })
    }
}
