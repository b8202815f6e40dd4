// SPDX-License-Identifier: Apache-2.0

package import AuthCore

/// A JSON Schema as OpenAPI 3.1 writes it.
package struct Schema: Hashable, Sendable {
    private(set) var json: JSONObject

    private init(_ json: JSONObject) {
        self.json = json
    }

    package var value: JSONValue { .object(json) }

    /// A text; `format` is information, not a check.
    package static func string(
        _ description: String? = nil, format: String? = nil, lengths: ClosedRange<Int>? = nil,
        choices: [String]? = nil
    ) -> Schema {
        var json: JSONObject = ["type": "string"]
        if let format { json["format"] = .string(format) }
        if let lengths {
            json["minLength"] = .number(JSONNumber(Int64(lengths.lowerBound)))
            json["maxLength"] = .number(JSONNumber(Int64(lengths.upperBound)))
        }
        if let choices { json["enum"] = .array(choices.map { .string($0) }) }
        return Schema(json).described(description)
    }

    package static func integer(_ description: String? = nil, in range: ClosedRange<Int64>? = nil) -> Schema {
        var json: JSONObject = ["type": "integer"]
        if let range {
            json["minimum"] = .number(JSONNumber(range.lowerBound))
            json["maximum"] = .number(JSONNumber(range.upperBound))
        }
        return Schema(json).described(description)
    }

    package static func boolean(_ description: String? = nil) -> Schema {
        Schema(["type": "boolean"]).described(description)
    }

    package static func array(of element: Schema) -> Schema {
        Schema(["type": "array", "items": element.value])
    }

    /// An object; further members are allowed, as everywhere in this interface.
    package static func object(_ properties: [Property]) -> Schema {
        var members = JSONObject()
        for property in properties { members[property.name] = property.schema.value }
        var json: JSONObject = ["type": "object", "properties": .object(members)]
        let required = properties.filter(\.isRequired).map { JSONValue.string($0.name) }
        if !required.isEmpty { json["required"] = .array(required) }
        return Schema(json)
    }

    /// Any object.
    package static let anyObject = Schema(["type": "object"])

    /// A schema of `#/components/schemas`.
    package static func component(_ name: String) -> Schema {
        Schema(["$ref": .string("#/components/schemas/\(name)")])
    }

    package static func oneOf(_ schemas: [Schema]) -> Schema {
        Schema(["oneOf": .array(schemas.map(\.value))])
    }

    /// The same, or `null`.
    package var nullable: Schema {
        guard let type = json["type"] else { return .oneOf([self, Schema(["type": "null"])]) }
        var copy = self
        copy.json["type"] = .array([type, "null"])
        return copy
    }

    package func described(_ description: String?) -> Schema {
        guard let description else { return self }
        var copy = self
        copy.json["description"] = .string(description)
        return copy
    }

    /// A member of an object.
    package struct Property: Hashable, Sendable {
        let name: String
        let schema: Schema
        let isRequired: Bool

        package static func required(_ name: String, _ schema: Schema) -> Property {
            Property(name: name, schema: schema, isRequired: true)
        }

        package static func optional(_ name: String, _ schema: Schema) -> Property {
            Property(name: name, schema: schema, isRequired: false)
        }
    }
}
