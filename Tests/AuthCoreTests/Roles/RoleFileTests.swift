// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthTestSupport
import Testing

@Suite("Files of roles")
struct RoleFileTests {
    private static func read(_ text: String) throws(RoleFileFault) -> [RoleDefinition] {
        try RoleFile(json: Array(text.utf8)).definitions
    }

    private static let text = """
        {"roles": [
          {"name": "editor", "description": " Writes notes. ", "permissions": ["notes", "notes:read", "me"]},
          {"name": "user", "permissions": []}
        ]}
        """

    @Test("roles are read with their descriptions and permissions")
    func reading() throws {
        let roles = try Self.read(Self.text)

        #expect(roles.map(\.role) == ["editor", "user"])
        #expect(roles.map(\.permissions) == ["me notes", .none])
        #expect(roles.map(\.description.text) == ["Writes notes.", ""])
        #expect(try Self.read(#"{"roles": []}"#) == [])
    }

    struct Fault: Sendable, CustomTestStringConvertible {
        let text: String
        let place: String
        var quoted: String? = nil
        var testDescription: String { text }
    }

    @Test(
        "what is wrong is named with its place",
        arguments: [
            Fault(text: "", place: "the file"), Fault(text: "[]", place: "the file"),
            Fault(text: "{}", place: "roles"), Fault(text: #"{"roles": {}}"#, place: "roles"),
            Fault(text: #"{"roles": [], "role": []}"#, place: "the file", quoted: "role"),
            Fault(text: #"{"roles": [1]}"#, place: "roles[0]"),
            Fault(text: #"{"roles": [{"permissions": []}]}"#, place: "roles[0].name"),
            Fault(text: #"{"roles": [{"name": "Editor", "permissions": []}]}"#, place: "roles[0].name"),
            Fault(text: #"{"roles": [{"name": "admin", "permissions": []}]}"#, place: "roles[0].name"),
            Fault(text: #"{"roles": [{"name": "service_role", "permissions": []}]}"#, place: "roles[0].name"),
            Fault(text: #"{"roles": [{"name": "postgres", "permissions": []}]}"#, place: "roles[0].name"),
            Fault(text: #"{"roles": [{"name": "a"}]}"#, place: "roles[0].permissions"),
            Fault(text: #"{"roles": [{"name": "a", "permissions": "me"}]}"#, place: "roles[0].permissions"),
            Fault(text: #"{"roles": [{"name": "a", "permissions": [1]}]}"#, place: "roles[0].permissions"),
            Fault(text: #"{"roles": [{"name": "a", "permissions": ["me", "*"]}]}"#, place: "roles[0].permissions[1]"),
            Fault(
                text: #"{"roles": [{"name": "a", "permissions": ["me", "Me"]}]}"#, place: "roles[0].permissions[1]",
                quoted: "Me"),
            Fault(
                text: #"{"roles": [{"name": "a", "permissions": []}, {"name": "a", "permissions": []}]}"#,
                place: "roles[1].name"),
            Fault(
                text: #"{"roles": [{"name": "a", "permissions": [], "descripton": "x"}]}"#, place: "roles[0]",
                quoted: "descripton"),
            Fault(
                text: #"{"roles": [{"name": "a", "permissions": [], "description": "a\nb"}]}"#,
                place: "roles[0].description"),
            Fault(text: #"{"roles": [], "roles": []}"#, place: "the file"),
        ])
    func faults(_ fault: Fault) {
        let error = #expect(throws: RoleFileFault.self) { try Self.read(fault.text) }

        #expect(error?.place == fault.place)
        #expect(error?.quoted == fault.quoted)
    }

    @Test("a file of more roles or octets than are allowed is refused")
    func bounds() {
        let roles = (0...RoleRules.maximumCount).map { #"{"name": "r\#($0)", "permissions": []}"# }
        #expect(throws: RoleFileFault.self) { try Self.read(#"{"roles": [\#(roles.joined(separator: ","))]}"#) }
        let blanks = String(repeating: " ", count: RoleFile.maximumBytes)
        #expect(throws: RoleFileFault.self) { try Self.read(#"{"roles": []}"# + blanks) }
    }

    @Test("any bytes are read or rejected without a trap", arguments: [1, 2, 3] as [UInt64])
    func mutations(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let bytes = Array(Self.text.utf8)
        for _ in 0..<500 {
            var mutated = bytes
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                mutated[Int.random(in: 0..<mutated.count, using: &generator)] = .random(in: 0...255, using: &generator)
            }
            _ = try? RoleFile(json: mutated)
        }
    }
}
