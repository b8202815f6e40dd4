// SPDX-License-Identifier: Apache-2.0

internal import AuthCore
internal import AuthStore

/// The place in a list that a client carries from page to page.
///
/// It names its order, so that it cannot be used with another. It is not signed: a client that makes one up only chooses
/// where to begin in a list that it may read anyway.
struct ListPosition: Equatable {
    let sort: UserQuery.SortKey
    let isDescending: Bool
    let cursor: UserCursor

    init(_ cursor: UserCursor, sort: UserQuery.SortKey, isDescending: Bool) {
        self.sort = sort
        self.isDescending = isDescending
        self.cursor = cursor
    }

    /// `nil` for anything that ``text`` does not write.
    init?(_ text: String) {
        guard text.utf8.count <= 2048, let bytes = Base64URL.decode(text.utf8),
            let array = (try? JSONReader.read(bytes))?.arrayValue, array.count == 5,
            let sort = array[0].stringValue.flatMap({ UserQuery.SortKey(octetsOf: $0) }),
            let isDescending = array[1].boolValue, let kind = array[2].stringValue,
            let id = array[4].stringValue.flatMap({ UserID(parsing: $0) })
        else { return nil }
        let value: UserCursor.Value
        switch (WireText(kind), array[3]) {
        case ("time", .null): value = .time(nil)
        case ("time", .number(let number)):
            guard let microseconds = number.int64 else { return nil }
            value = .time(Timestamp(microseconds: microseconds))
        case ("text", .null): value = .text(nil)
        case ("text", .string(let text)): value = .text(text)
        default: return nil
        }
        guard Self.isTime(sort) == kind.hasSameOctets(as: "time") else { return nil }
        self.init(UserCursor(value: value, id: id), sort: sort, isDescending: isDescending)
    }

    /// The position as it stands in `cursor` and `next_cursor`.
    var text: String {
        let kind: String
        let value: JSONValue
        switch cursor.value {
        case .time(let time): (kind, value) = ("time", time.map { .number(JSONNumber($0.microseconds)) } ?? .null)
        case .text(let text): (kind, value) = ("text", text.map { .string($0) } ?? .null)
        }
        let array: JSONValue = [
            .string(sort.rawValue), .bool(isDescending), .string(kind), value, .string(cursor.id.description),
        ]
        return Base64URL.encode(array.serialized)
    }

    private static func isTime(_ sort: UserQuery.SortKey) -> Bool {
        switch sort {
        case .createdAt, .updatedAt, .lastLogin: true
        case .username, .email: false
        }
    }
}
