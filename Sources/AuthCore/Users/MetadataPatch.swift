// SPDX-License-Identifier: Apache-2.0

/// A change of a user's metadata: members of the object to set, or to remove where they are `null`.
///
/// Other members stay, and values are replaced whole: only the first level is merged. Metadata decides nothing by itself:
/// no role and no permission is ever taken from it.
public struct MetadataPatch: Hashable, Sendable {
    /// The longest JSON text in octets that a user's metadata may have, each of both kinds.
    public static let maximumBytes = 8_192
    /// How many objects and arrays may be open at once, the object itself included.
    public static let maximumDepth = 8

    /// The members to set or remove.
    public let members: JSONObject

    /// Checks a change.
    ///
    /// - Throws: `.tooLarge`, `.tooDeep`.
    public init(_ members: JSONObject) throws(MetadataFault) {
        guard Self.fits(.object(members), Self.maximumDepth) else { throw .tooDeep }
        guard JSONValue.object(members).serialized.count <= Self.maximumBytes else { throw .tooLarge }
        self.members = members
    }

    /// The metadata after the change, as compact JSON.
    ///
    /// A text that is no object, which another program has written, counts as an empty one. Takes time linear in both, for it
    /// is done while the user's row is locked.
    ///
    /// - Throws: `.tooLarge`.
    public func applied(to text: String) throws(MetadataFault) -> String {
        var changes: [WireText: JSONValue] = [:]
        for member in members.members { changes[WireText(member.name)] = member.value }
        var kept: [JSONObject.Member] = []
        for member in JSONObject(metadata: text).members {
            guard let value = changes.removeValue(forKey: WireText(member.name)) else {
                kept.append(member)
                continue
            }
            if !value.isNull { kept.append(JSONObject.Member(name: member.name, value: value)) }
        }
        for member in members.members where !member.value.isNull && changes[WireText(member.name)] != nil {
            kept.append(member)
        }
        let merged = JSONValue.object(JSONObject(unique: kept)).serialized
        guard merged.count <= Self.maximumBytes else { throw .tooLarge }
        return String(decoding: merged, as: UTF8.self)
    }

    /// Whether a value has at most so many levels; recurses no deeper.
    private static func fits(_ value: JSONValue, _ levels: Int) -> Bool {
        switch value {
        case .null, .bool, .number, .string: true
        case .array(let elements): levels > 0 && elements.allSatisfy { fits($0, levels - 1) }
        case .object(let object): levels > 0 && object.members.allSatisfy { fits($0.value, levels - 1) }
        }
    }
}

/// Why metadata cannot be changed so.
public enum MetadataFault: Error, Hashable, Sendable {
    /// The text would be longer than ``MetadataPatch/maximumBytes``.
    case tooLarge
    /// The objects and arrays are nested deeper than ``MetadataPatch/maximumDepth``.
    case tooDeep

    /// The stable word for programs.
    public var code: String {
        switch self {
        case .tooLarge: "too_long"
        case .tooDeep: "too_deep"
        }
    }

    /// One English sentence for people.
    public var message: String {
        switch self {
        case .tooLarge: "At most \(MetadataPatch.maximumBytes) bytes of JSON are kept, those of before included."
        case .tooDeep: "Objects and arrays may be nested \(MetadataPatch.maximumDepth) deep at most."
        }
    }
}

extension JSONObject {
    /// Reads metadata as stored; empty for a text that is no object.
    public init(metadata text: String) {
        let limits = JSONLimits(
            maximumBytes: MetadataPatch.maximumBytes * 2, maximumNameBytes: MetadataPatch.maximumBytes)
        self = (try? JSONReader.read(Array(text.utf8), limits: limits))?.objectValue ?? JSONObject()
    }
}

extension FieldViolation {
    /// Reports metadata that cannot be stored.
    public init(field: String, _ fault: MetadataFault) {
        self.init(field: field, code: fault.code, message: fault.message)
    }
}
