// SPDX-License-Identifier: Apache-2.0

/// A file in which the operator defines roles: `{"roles": [{"name": "editor", "description": "…", "permissions": ["notes"]}]}`.
///
/// The description may be missing; any other member is refused, so that a misspelt one is noticed.
public struct RoleFile: Hashable, Sendable {
    /// The longest file that is read, in octets.
    public static let maximumBytes = 262_144

    /// The roles, in the order of the file.
    public let definitions: [RoleDefinition]

    /// Reads a file.
    ///
    /// - Throws: The first fault, with its place.
    public init(json: [UInt8]) throws(RoleFileFault) {
        let value: JSONValue
        do throws(JSONError) {
            value = try JSONReader.read(json, limits: JSONLimits(maximumBytes: Self.maximumBytes, maximumDepth: 8))
        } catch {
            throw RoleFileFault("the file", "is not JSON: \(error)")
        }
        guard let file = value.objectValue else { throw RoleFileFault("the file", "is not an object") }
        try Self.requireKnown(file, ["roles"], in: "the file")
        guard let roles = file["roles"]?.arrayValue else { throw RoleFileFault("roles", "is not a list") }
        guard roles.count <= RoleRules.maximumCount else {
            throw RoleFileFault("roles", "has more than \(RoleRules.maximumCount) roles")
        }
        var definitions: [RoleDefinition] = []
        for (index, role) in roles.enumerated() {
            let definition = try Self.definition(role, at: "roles[\(index)]")
            guard !definitions.contains(where: { $0.role == definition.role }) else {
                throw RoleFileFault("roles[\(index)].name", "stands twice")
            }
            definitions.append(definition)
        }
        self.definitions = definitions
    }

    private static func definition(_ value: JSONValue, at place: String) throws(RoleFileFault) -> RoleDefinition {
        guard let object = value.objectValue else { throw RoleFileFault(place, "is not an object") }
        try requireKnown(object, ["name", "description", "permissions"], in: place)
        guard let role = object["name"]?.stringValue.flatMap({ Role($0) }) else {
            throw RoleFileFault("\(place).name", "is no name of a role: 1 to 50 of a–z, 0–9, _ and -, a letter first")
        }
        guard role != .admin else { throw RoleFileFault("\(place).name", "is admin, which grants everything already") }
        guard !role.isReserved else {
            throw RoleFileFault(
                "\(place).name", "is a name that Supabase's API and databases give a meaning of their own")
        }
        var description = RoleDescription.none
        if let given = object["description"] {
            guard let text = given.stringValue else { throw RoleFileFault("\(place).description", "is not a string") }
            do throws(ValidationError) {
                description = try RoleDescription(text)
            } catch {
                throw RoleFileFault("\(place).description", "is refused: \(error.message)")
            }
        }
        let names = object["permissions"]?.arrayValue?.map(\.stringValue)
        guard let names, !names.contains(nil) else {
            throw RoleFileFault("\(place).permissions", "is not a list of strings")
        }
        do throws(PermissionListFault) {
            return try RoleDefinition(
                role, description: description, permissions: Scope(granting: names.compactMap(\.self)))
        } catch {
            switch error {
            case .malformed(let name, let index):
                throw RoleFileFault("\(place).permissions[\(index)]", "is no permission", quoting: name)
            case .everything(let index):
                throw RoleFileFault("\(place).permissions[\(index)]", "is *, which belongs to the role admin alone")
            case .tooMany:
                throw RoleFileFault("\(place).permissions", "is too long: \(error.message)")
            }
        }
    }

    private static func requireKnown(
        _ object: JSONObject, _ names: [String], in place: String
    ) throws(RoleFileFault) {
        for name in object.names where !names.contains(where: { $0.hasSameOctets(as: name) }) {
            throw RoleFileFault(
                place, "has a member of another name than \(names.joined(separator: ", "))", quoting: name)
        }
    }
}

/// What is wrong with a file of roles, and where.
public struct RoleFileFault: Error, Hashable, Sendable {
    /// The place, such as `roles[2].permissions[1]`.
    public let place: String
    /// What is wrong there, as the rest of a sentence.
    public let predicate: String
    /// The text of the file that is at fault, as it stands there; it may have any characters.
    public let quoted: String?

    init(_ place: String, _ predicate: String, quoting quoted: String? = nil) {
        self.place = place
        self.predicate = predicate
        self.quoted = quoted
    }
}
