// SPDX-License-Identifier: Apache-2.0

internal import AuthCore

/// A JSON schema in words.
enum SchemaText {
    /// The anchor of a schema that has a name.
    static func anchor(_ name: String) -> String { "schema-\(name)" }

    /// The type that a schema allows, as HTML, with links to the schemas that have a name.
    static func description(of schema: JSONValue) -> String {
        guard let object = schema.objectValue else { return "anything" }
        if let reference = object["$ref"]?.stringValue {
            let name = reference.split(separator: "/").last.map(String.init) ?? reference
            return HTMLText.link(anchor(name), HTMLText.escaped(name))
        }
        if let choices = object["oneOf"]?.arrayValue { return choices.map(description).joined(separator: " or ") }
        var words = names(object["type"]).map { name in
            switch name {
            case "array": "array of \(description(of: object["items"] ?? .null))"
            case "object": self.object(object)
            default: HTMLText.escaped(name)
            }
        }.joined(separator: " or ")
        if let values = object["enum"]?.arrayValue?.compactMap(\.stringValue), !values.isEmpty {
            words = values.map(HTMLText.code).joined(separator: " or ")
        }
        if let format = object["format"]?.stringValue { words += " (\(HTMLText.escaped(format)))" }
        words += bounds(object, "minLength", "maxLength", " characters")
        words += bounds(object, "minimum", "maximum", "")
        return words
    }

    /// The members of an object, as a table; empty for what is no object with known members.
    static func members(_ label: String, _ schema: JSONValue) -> String {
        guard let object = schema.objectValue, let properties = object["properties"]?.objectValue else { return "" }
        let required = (object["required"]?.arrayValue ?? []).compactMap(\.stringValue)
        let rows = properties.members.map { member in
            [
                HTMLText.code(member.name), description(of: member.value),
                required.contains(member.name) ? "yes" : "no",
                HTMLText.sentence(member.value.objectValue?["description"]?.stringValue ?? ""),
            ]
        }
        return HTMLText.table(label, ["Member", "Type", "Always", "Meaning"], rows)
    }

    private static func names(_ type: JSONValue?) -> [String] {
        type?.stringValue.map { [$0] } ?? type?.arrayValue?.compactMap(\.stringValue) ?? []
    }

    private static func object(_ object: JSONObject) -> String {
        guard let names = object["properties"]?.objectValue?.names, !names.isEmpty else { return "object" }
        return "object with " + names.map(HTMLText.code).joined(separator: ", ")
    }

    private static func bounds(_ object: JSONObject, _ lower: String, _ upper: String, _ unit: String) -> String {
        guard let least = object[lower]?.int64Value, let most = object[upper]?.int64Value else { return "" }
        return ", \(least) to \(most)\(unit)"
    }
}
