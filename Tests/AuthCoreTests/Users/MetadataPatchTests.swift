// SPDX-License-Identifier: Apache-2.0

import AuthCore
import Testing

@Suite("Changes of metadata")
struct MetadataPatchTests {
    private static func nested(_ levels: Int) -> JSONObject {
        var value: JSONValue = 1
        for _ in 1..<levels { value = ["n": value] }
        return ["n": value]
    }

    @Test("members are set, null removes them, and other members stay")
    func merging() throws {
        let patch = try MetadataPatch(["theme": "dark", "beta": nil, "tags": ["a"], "new": ["deep": nil]])
        let merged = try patch.applied(to: #"{"theme":"light","beta":true,"kept":{"x":1},"tags":["a","b"]}"#)

        #expect(
            JSONObject(metadata: merged)
                == ["theme": "dark", "kept": ["x": 1], "tags": ["a"], "new": ["deep": nil]])
        #expect(try MetadataPatch([:]).applied(to: "{}") == "{}")
    }

    @Test("a stored text that is no object counts as an empty one", arguments: ["", "[1]", "{", "null", "\u{FEFF}{}"])
    func unreadable(_ text: String) throws {
        #expect(try MetadataPatch(["a": 1]).applied(to: text) == #"{"a":1}"#)
    }

    @Test("size and depth are bounded, of the change and of what it comes to")
    func bounds() throws {
        #expect(throws: Never.self) { try MetadataPatch(Self.nested(MetadataPatch.maximumDepth)) }
        #expect(throws: MetadataFault.tooDeep) { try MetadataPatch(Self.nested(MetadataPatch.maximumDepth + 1)) }
        let half = String(repeating: "x", count: MetadataPatch.maximumBytes / 2)
        let first = try MetadataPatch(["a": .string(half)]).applied(to: "{}")
        #expect(throws: MetadataFault.tooLarge) { try MetadataPatch(["b": .string(half)]).applied(to: first) }
        #expect(try MetadataPatch(["b": .string(half), "a": nil]).applied(to: first).utf8.count < first.utf8.count + 2)
        #expect(throws: MetadataFault.tooLarge) { try MetadataPatch(["a": .string(half + half)]) }
    }

    @Test("names and texts are compared by octets")
    func octets() throws {
        let composed = try MetadataPatch(["\u{E9}": 1]).applied(to: "{}")
        let both = try MetadataPatch(["e\u{301}": 2]).applied(to: composed)

        #expect(JSONObject(metadata: both).count == 2)
        var user = User(id: UserID(UUIDv7(high: 1, low: 1)), userMetadata: composed, createdAt: Timestamp(seconds: 1))
        let other = user
        user.userMetadata = "{\"e\u{301}\":1}"
        #expect(user == other && !user.hasSameMetadata(as: other))
    }

    @Test("a change of metadata moves the time of the change, and the other kind stays")
    func profile() throws {
        let user = User(id: UserID(UUIDv7(high: 1, low: 1)), isAnonymous: true, createdAt: Timestamp(seconds: 1))
        let change = ProfileChange(appMetadata: try MetadataPatch(["plan": "free"]))

        let changed = try change.applied(to: user, at: Timestamp(seconds: 2)).get()

        #expect(changed.appMetadata == #"{"plan":"free"}"# && changed.userMetadata == "{}")
        #expect(changed.updatedAt == Timestamp(seconds: 2) && changed.role == user.role)
    }

    // A role, a scope and permissions in it are text like any other.
    @Test("no role and no permission is taken from metadata")
    func grantsNothing() throws {
        let user = User(id: UserID(UUIDv7(high: 1, low: 1)), isAnonymous: true, createdAt: Timestamp(seconds: 1))
        let claims: JSONObject = ["role": "admin", "permissions": ["*"], "scope": "*", "is_admin": true]
        let change = ProfileChange(userMetadata: try MetadataPatch(claims), appMetadata: try MetadataPatch(claims))

        let changed = try change.applied(to: user, at: Timestamp(seconds: 2)).get()

        #expect(changed.role == .user && changed.permissions == .none && changed.isActive == user.isActive)
    }
}
