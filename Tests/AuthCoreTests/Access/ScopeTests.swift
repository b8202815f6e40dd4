// SPDX-License-Identifier: Apache-2.0

import AuthCore
import Testing

/// A few permissions at several depths, enough for every relation to occur.
private let samples: [Permission] = [
    "*", "items", "items:read", "items:write", "items:read:own", "item", "me", "me:read", "users", "users:read",
]

@Suite("Permission and scope")
struct ScopeTests {
    @Test("covering is reflexive, antisymmetric and transitive")
    func partialOrder() {
        #expect(samples.count == 10)
        for a in samples {
            #expect(a.covers(a))
            for b in samples {
                #expect(!(a.covers(b) && b.covers(a)) || a == b)
                for c in samples where a.covers(b) && b.covers(c) {
                    #expect(a.covers(c))
                }
            }
        }
    }

    @Test("a permission covers those beneath it and none that merely has the same beginning")
    func hierarchy() {
        let items = Permission("items")
        let read = Permission("items:read")
        let write = Permission("items:write")
        let itemsOther = Permission("itemsold")

        #expect(items.covers(read) && items.covers(write))
        #expect(!read.covers(write) && !read.covers(items))
        #expect(!items.covers(itemsOther))
        #expect(Permission.everything.covers(items) && !items.covers(.everything))
    }

    @Test("a program spells permissions and scopes out")
    func literals() {
        let permission: Permission = "items:read"
        let scope: Scope = "me items:read items"

        #expect(permission.name == "items:read")
        #expect(scope == Scope(parsing: "items me"))
        #expect(Scope([permission]) == "items:read")
    }

    @Test("a malformed literal stops the program and is named")
    func malformedLiteral() async throws {
        let permission = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = "items:" as Permission
        }
        let scope = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = "me Items" as Scope
        }

        let words = try [permission, scope].map {
            String(decoding: try #require($0).standardErrorContent, as: UTF8.self)
        }
        #expect(words[0].contains(#""items:" is no permission."#))
        #expect(words[1].contains(#""me Items" is no scope."#))
    }

    @Test(
        "malformed names are refused",
        arguments: ["", ":", "items:", ":read", "items::read", "Items", "it ems", "items:*", "**", "ü", "a\u{0}"])
    func malformedPermission(name: String) {
        #expect(Permission(name) == nil)
    }

    @Test("a name has at most 100 characters")
    func longPermission() {
        #expect(Permission(String(repeating: "a", count: 100)) != nil)
        #expect(Permission(String(repeating: "a", count: 101)) == nil)
    }

    @Test("the canonical form is sorted and without covered permissions")
    func canonicalForm() {
        #expect(Scope(parsing: "me items:read items me:read")?.description == "items me")
        #expect(Scope(parsing: "items:write items:read")?.description == "items:read items:write")
        #expect(Scope(parsing: "me *")?.description == "*")
        #expect(Scope(parsing: "") == Scope.none)
        #expect(Scope(parsing: "me Items") == nil)
    }

    @Test("at most fifty permissions are read")
    func limit() {
        let names = (0..<51).map { "p\($0)" }
        #expect(Scope(parsing: names.prefix(50).joined(separator: " ")) != nil)
        #expect(Scope(parsing: names.joined(separator: " ")) == nil)
    }

    @Test("the intersection is the greatest scope that both cover")
    func intersection() {
        var scopes: [Scope] = [.none]
        for a in samples { for b in samples { scopes.append(Scope([a, b])) } }
        for left in scopes {
            for right in scopes {
                let both = left.intersection(right)
                #expect(left.covers(both) && right.covers(both))
                #expect(both == right.intersection(left))
                for permission in samples where left.covers(permission) && right.covers(permission) {
                    #expect(both.covers(permission))
                }
            }
        }
    }

    @Test("a scope that a client asks for has at most 512 octets")
    func requestedLength() {
        let permission = "a" + String(repeating: "b", count: 99)
        let text = (0..<5).map { "\(permission.dropLast())\($0)" }.joined(separator: " ")

        #expect(text.utf8.count == 504)
        #expect(Scope(requested: text + " notes:rd") == nil)
        #expect(Scope(requested: text + " notes:r")?.permissions.count == 6)
        #expect(Scope(parsing: text + " notes:read") != nil)
        #expect(Scope(requested: String(repeating: "\u{301}", count: 100)) == nil)
    }
}
