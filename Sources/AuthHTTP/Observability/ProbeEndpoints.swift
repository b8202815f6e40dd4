// SPDX-License-Identifier: Apache-2.0

internal import AuthCore
internal import AuthHTTPServer

/// Routes that do nothing, by which a developer sees access rules at work.
///
/// They exist in development only.
struct ProbeEndpoints: EndpointGroup {
    var endpoints: [Endpoint] {
        [
            message("/public", "probePublic", .anyone, "This is a public endpoint"),
            message("/protected/user", "probeUser", .authenticated, "You are signed in"),
            message("/protected/admin", "probeAdmin", .role(.admin), "You are an administrator"),
            Endpoint(
                method: .get, path: "/users/me/items", operationID: "probeReadItems", tag: .probes,
                summary: "Needs `items:read`", access: .permission("items:read"), limit: .read,
                replies: [.json(.ok, "Items", .array(of: .component("Item")))],
                handle: { (call) throws(Refusal) in
                    let owner = call.caller?.subject.userID.description ?? ""
                    var writer = JSONWriter()
                    writer.array { list in
                        list.object { item in
                            item.member("item_id", Self.item)
                            item.member("owner", owner)
                        }
                    }
                    return call.replies.json(writer.bytes)
                }),
            Endpoint(
                method: .post, path: "/items", operationID: "probeWriteItem", tag: .probes,
                summary: "Needs `items:write`", access: .permission("items:write"),
                limit: .write,
                body: RequestBody(formats: [.json], schema: .anyObject, examples: [("Item", ["name": "Foo"])]),
                replies: [.json(.created, "The item", .component("Item"))],
                handle: { (call) throws(Refusal) in
                    var fields = try call.fields([.json])
                    let name = fields.requiredText("name")
                    try fields.check()
                    let owner = call.caller?.subject.userID.description ?? ""
                    return call.replies.json(.created) { item in
                        item.member("item_id", name ?? "")
                        item.member("owner", owner)
                    }
                }),
            Endpoint(
                method: .delete, path: "/items/{item_id}", operationID: "probeDeleteItem", tag: .probes,
                summary: "Needs `items:delete`", access: .permission("items:delete"), limit: .write,
                replies: [.empty(.noContent, "The item is deleted")], problems: [.notFound],
                handle: { (call) throws(Refusal) in
                    guard call.parameters["item_id"]?.hasSameOctets(as: Self.item) == true else {
                        throw Refusal(.notFound)
                    }
                    return call.replies.empty()
                }),
        ]
    }

    var schemas: [(name: String, schema: Schema)] {
        [("Item", Self.itemSchema)]
    }

    /// The one item that there is.
    private static let item = "Foo"

    static let itemSchema = Schema.object([.required("item_id", .string()), .required("owner", .string())])

    private func message(
        _ path: PathTemplate, _ operationID: String, _ access: AccessRequirement, _ text: String
    ) -> Endpoint {
        Endpoint(
            method: .get, path: path, operationID: operationID, tag: .probes, summary: text, access: access,
            limit: .none, replies: [MessageRepresentation.reply(text)],
            handle: { (call) throws(Refusal) in call.replies.message(text) })
    }
}
