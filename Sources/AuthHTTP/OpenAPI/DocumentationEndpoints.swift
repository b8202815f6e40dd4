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
            page("/docs", "swagger", "The interface in Swagger UI", pages.swaggerPolicy, pages.swagger),
            page("/redoc", "redoc", "The interface in Redoc", pages.redocPolicy, pages.redoc),
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
        return Endpoint(
            method: .get, path: "/openapi.json", operationID: "openapi", tag: .operations,
            summary: "Read this OpenAPI document", access: .anyone, limit: .none,
            replies: [.json(.ok, "An OpenAPI 3.1 document", .anyObject)],
            handle: { [description] (_) throws(Refusal) in Reply(.ok, block, body: description.current.openAPI) })
    }

    private func page(
        _ path: PathTemplate, _ operationID: String, _ summary: String, _ policy: String,
        _ render: (_ base: String) -> String
    ) -> Endpoint {
        let block = replies.publicBlock(
            contentType: "text/html; charset=utf-8", cacheControl: "public, max-age=300", policy: policy)
        let flat = Array(render("").utf8)
        let nested = Array(render("../").utf8)
        return Endpoint(
            method: .get, path: path, operationID: operationID, tag: .operations, summary: summary, access: .anyone,
            limit: .none,
            replies: [
                ReplyDescription(
                    status: .ok, description: "A page", content: .init(mediaType: "text/html", schema: .string()))
            ],
            handle: { (call) throws(Refusal) in
                let path = call.request.target.utf8.prefix { $0 != UInt8(ascii: "?") }
                let endsWithSlash = path.last == UInt8(ascii: "/")
                return Reply(.ok, block, body: endsWithSlash ? nested : flat)
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
