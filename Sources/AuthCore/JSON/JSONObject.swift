// SPDX-License-Identifier: Apache-2.0

/// An ordered list of members whose names are unique.
///
/// Two names are the same when their octets are, as RFC 8259 §8.3 has it; nothing is normalized. Looking a name up walks
/// the members in order, which is the fast way for the dozen members that requests and tokens have.
public struct JSONObject: Sendable {
    /// One name and its value.
    public struct Member: Hashable, Sendable {
        /// The name, unescaped.
        public let name: String
        /// The value under that name.
        public internal(set) var value: JSONValue

        /// Compares names by octets.
        public static func == (left: Member, right: Member) -> Bool {
            guard left.value == right.value else { return false }  // octets
            return left.name.hasSameOctets(as: right.name)
        }

        /// Feeds the octets of the name, and the value, into the hasher.
        public func hash(into hasher: inout Hasher) {
            name.hashOctets(into: &hasher)
            hasher.combine(value)
        }
    }

    /// The members in the order in which they were read or first set.
    public private(set) var members: [Member]

    /// An object without members.
    public init() {
        members = []
    }

    /// Takes members whose names the caller has found to be unique.
    init(unique members: [Member]) {
        self.members = members
    }

    /// The value under a name.
    ///
    /// Setting replaces in place or appends; setting `nil` removes the member. JSON's `null` is `.some(.null)`.
    public subscript(name: String) -> JSONValue? {
        get {
            for member in members where member.name.hasSameOctets(as: name) { return member.value }
            return nil
        }
        set {
            let index = members.firstIndex { $0.name.hasSameOctets(as: name) }
            switch (index, newValue) {
            case (let index?, let value?): members[index].value = value
            case (let index?, nil): members.remove(at: index)
            case (nil, let value?): members.append(Member(name: name, value: value))
            case (nil, nil): break
            }
        }
    }

    /// Whether there is no member.
    public var isEmpty: Bool { members.isEmpty }

    /// The number of members.
    public var count: Int { members.count }

    /// The names in order.
    public var names: [String] { members.map(\.name) }
}

extension JSONObject: Hashable {
    /// Compares names and values without regard to order, as RFC 8259 §4 gives the order no meaning.
    public static func == (left: JSONObject, right: JSONObject) -> Bool {
        guard left.count == right.count else { return false }
        return left.members.allSatisfy { right[$0.name] == $0.value }
    }

    /// Feeds the members into the hasher so that order does not matter.
    public func hash(into hasher: inout Hasher) {
        var combined = 0
        for member in members { combined ^= member.hashValue }
        hasher.combine(combined)
    }
}

extension JSONObject: ExpressibleByDictionaryLiteral {
    /// Builds an object from a literal; of two equal names the later value stays.
    public init(dictionaryLiteral elements: (String, JSONValue)...) {
        self.init()
        for (name, value) in elements { self[name] = value }
    }
}
