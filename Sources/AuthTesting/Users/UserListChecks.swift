// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthStore

/// U10 and U11: lists, and the mix of hashes.
enum UserListChecks {
    static let all: [StoreCheck] =
        UserQuery.SortKey.allCases.flatMap { key in
            [false, true].map { isDescending in
                let direction = isDescending ? "backwards" : "forwards"
                return StoreCheck("U10", "pages by \(key.rawValue) \(direction) are in a total order") {
                    try await order(StoreUnderTest(store: $0), key, descending: isDescending)
                }
            }
        } + [
            StoreCheck(
                "U10", "a user who exists throughout is listed once despite insertions and deletions",
                on: comingAndGoing),
            StoreCheck("U10", "filters and search exclude other users", on: filters),
            StoreCheck("U10", "an offset skips that many users", on: offsets),
            StoreCheck("U10", "a cursor of another order finds nothing", on: foreignCursor),
            StoreCheck("U11", "the mix counts the hashes of each cost", on: mix),
        ]

    /// Users with ties and gaps in every key.
    private static func makeCrowd(_ test: StoreUnderTest) async throws -> [User] {
        var crowd: [User] = []
        for number in 0..<23 {
            let isNameless = number % 5 == 3
            let isAddressless = number % 5 == 4
            let user = User(
                id: UserID(StoreUnderTest.uuid((number * 7) % 23)),
                username: isNameless ? nil : try Username("\(number % 2 == 0 ? "B" : "a")user\((number * 11) % 23)"),
                email: isAddressless ? nil : try EmailAddress("\(["Z", "é", "a"][number % 3])\(number)@example.test"),
                role: number % 4 == 0 ? .guest : .user, isActive: number % 3 != 0,
                isAnonymous: isNameless && isAddressless,
                createdAt: test.context(Int64(number / 4)).now, updatedAt: test.context(Int64(number % 3)).now,
                lastLoginAt: number % 3 == 0 ? nil : test.context(Int64(number % 4) - 2).now)
            _ = try await test.store.createUser(
                user, passwordHash: nil, action: .userCreated, context: test.context())
            crowd.append(user)
        }
        return crowd
    }

    private static func order(
        _ test: StoreUnderTest, _ key: UserQuery.SortKey, descending: Bool
    ) async throws {
        let crowd = try await makeCrowd(test)
        let sorted = crowd.sorted { isBefore($0, $1, by: key) }
        let expected = (descending ? sorted.reversed() : sorted).map(\.id)
        for limit in [1, 4, 22, 23, 100] {
            var query = UserQuery(sort: key, descending: descending, limit: limit)
            var visited: [UserID] = []
            while true {
                let page = try await test.store.users(matching: query)
                visited += page.users.map(\.id)
                try require(page.users.count <= limit, "a page has \(page.users.count) users, not \(limit)")
                guard let next = page.next else { break }
                try require(visited.count <= crowd.count, "the pages do not end")
                query.start = .after(next)
            }
            try requireEqual(visited, expected, "the order with \(limit) a page")
        }
    }

    /// The order as the contract says it: absent first, text by octets, then by id.
    private static func isBefore(_ left: User, _ right: User, by key: UserQuery.SortKey) -> Bool {
        func compare<Value: Comparable>(_ one: Value?, _ other: Value?) -> Bool? {
            switch (one, other) {
            case (nil, nil): nil
            case (nil, _): true
            case (_, nil): false
            case (let one?, let other?): one == other ? nil : one < other
            }
        }
        // The octets of UTF-8 are in the order of the scalars.
        func scalars(_ text: String?) -> [UInt32]? { text?.unicodeScalars.map(\.value) }
        func compareText(_ one: String?, _ other: String?) -> Bool? {
            guard let one = scalars(one), let other = scalars(other) else {
                return compare(one == nil ? nil : 0, other == nil ? nil : 0)
            }
            return one == other ? nil : one.lexicographicallyPrecedes(other)
        }
        let byKey =
            switch key {
            case .createdAt: compare(left.createdAt, right.createdAt)
            case .updatedAt: compare(left.updatedAt, right.updatedAt)
            case .lastLogin: compare(left.lastLoginAt, right.lastLoginAt)
            case .username: compareText(left.username?.canonical, right.username?.canonical)
            case .email: compareText(left.email?.canonical, right.email?.canonical)
            }
        return byKey ?? (left.id < right.id)
    }

    private static func comingAndGoing(_ test: StoreUnderTest) async throws {
        let crowd = try await makeCrowd(test)
        for (index, key) in UserQuery.SortKey.allCases.enumerated() {
            var query = UserQuery(sort: key, limit: 3)
            var visited: [UserID] = []
            var round = 0
            while true {
                let page = try await test.store.users(matching: query)
                visited += page.users.map(\.id)
                guard let next = page.next, round < 60 else { break }
                query.start = .after(next)
                // A user before the cursor, one after it, and the cursor's own user may be removed.
                let number = 100 * (index + 1) + round
                let name = "\(round % 2 == 0 ? "aa" : "zz")\(index)x\(round)"
                let guest = try await test.make(name, number, at: Int64(round % 7))
                if round % 3 == 0 {
                    _ = try await test.store.perform(.delete, on: guest.id, context: test.context()).outcome
                }
                if let last = page.users.last, !crowd.contains(where: { $0.id == last.id }) {
                    _ = try await test.store.perform(.delete, on: last.id, context: test.context()).outcome
                }
                round += 1
            }
            for user in crowd {
                try requireEqual(visited.count { $0 == user.id }, 1, "visits of one who was always there, by \(key)")
            }
            try requireEqual(Set(visited).count, visited.count, "the number of visits, by \(key)")
        }
    }

    private static func filters(_ test: StoreUnderTest) async throws {
        let crowd = try await makeCrowd(test)
        func ids(_ query: UserQuery) async throws -> Set<UserID> {
            Set(try await test.store.users(matching: query).users.map(\.id))
        }
        for role in [Role.guest, .user, .admin] {
            for isActive in [nil, true, false] {
                let wanted = crowd.filter { $0.role == role && (isActive == nil || $0.isActive == isActive) }
                try requireEqual(
                    try await ids(UserQuery(role: role, isActive: isActive, limit: 100)), Set(wanted.map(\.id)),
                    "users of role \(role)")
            }
        }
        var odd = try test.draft("per_cent", 500)
        odd.fullName = try FullName("100% Ünïcode! \\ 'Straße'")
        _ = try await test.store.createUser(odd, passwordHash: nil, action: .userCreated, context: test.context())
        try await test.make("perXcent", 501)
        let found: [String: Set<UserID>] = [
            "r_c": [odd.id], "R_CENT": [odd.id], "0% ü": [odd.id], "% ÜN": [odd.id], "!": [odd.id], "\\ '": [odd.id],
            "straße": [odd.id], "per_cent@EXAMPLE": [odd.id], "%%": [],
            String(repeating: "x%", count: 40_000): [], "no such name": [], "a\u{0}": [],
        ]
        for (search, wanted) in found {
            try requireEqual(
                try await ids(UserQuery(search: search, limit: 100)), wanted,
                "who is found by \(search.prefix(20).debugDescription)")
        }
        try requireEqual(try await ids(UserQuery(search: "", limit: 100)).count, 25, "who is found by nothing")
        for limit in [Int.min, 0, Int.max] {
            var unbounded = UserQuery()
            unbounded.limit = limit
            let page = try await test.store.users(matching: unbounded)
            try requireEqual(page.users.count, limit < 1 ? 1 : 25, "the users on a page of \(limit)")
        }
        let narrowed = UserQuery(role: .user, isActive: true, search: "per", sort: .email, descending: true, limit: 1)
        let page = try await test.store.users(matching: narrowed)
        try requireEqual(page.users.count, 1)
        try require(page.next != nil, "the second page is missing")
    }

    private static func offsets(_ test: StoreUnderTest) async throws {
        let crowd = try await makeCrowd(test)
        let all = try await test.store.users(matching: UserQuery(sort: .username, limit: 100)).users
        for offset in [0, 1, 5, 22, 23, 1_000, .max, -1] as [Int64] {
            let page = try await test.store.users(
                matching: UserQuery(sort: .username, start: .offset(offset), limit: 7))
            let skipped = all.dropFirst(Int(clamping: max(0, offset)))
            try requireEqual(page.users, Array(skipped.prefix(7)), "the page behind \(offset)")
            try requireEqual(page.next != nil, skipped.count > 7, "whether there is another page")
        }
        try requireEqual(all.count, crowd.count)
    }

    private static func foreignCursor(_ test: StoreUnderTest) async throws {
        let ada = try await test.make("ada", 1)
        for value in [UserCursor.Value.time(nil), .text(nil), .text("a\u{0}"), .time(Timestamp(microseconds: .min))] {
            for key in UserQuery.SortKey.allCases {
                let cursor = UserCursor(value: value, id: UserID(UUIDv7(high: 0, low: 0)))
                let page = try await test.store.users(matching: UserQuery(sort: key, start: .after(cursor)))
                try require(page.users.isEmpty || page.users == [ada], "the page is \(page)")
            }
        }
    }

    private static func mix(_ test: StoreUnderTest) async throws {
        try requireEqual(try await test.store.passwordHashMix(), [], "the mix of no users")
        for number in 0..<45 {
            let user = try test.draft("user\(number)", number)
            let cost = number < 5 ? "dear" : number < 8 ? "cheap" : "rare \(number)"
            let hash = StoredPasswordHash(text: "text \(number)", cost: cost)
            _ = try await test.store.createUser(
                user, passwordHash: number == 44 ? nil : hash, action: .userCreated, context: test.context())
        }
        let mix = try await test.store.passwordHashMix()
        try requireEqual(mix.count, 32, "the number of shares")
        try requireEqual(
            Array(mix.prefix(2)),
            [PasswordHashShare(cost: "dear", count: 5), PasswordHashShare(cost: "cheap", count: 3)],
            "the most frequent")
        let user = try test.draft("user5", 5)
        _ = try await test.store.rehashPassword(
            of: user.id, from: StoredPasswordHash(text: "text 5", cost: "cheap"),
            to: StoredPasswordHash(text: "new", cost: "dear"))
        try requireEqual(
            try await test.store.passwordHashMix().first, PasswordHashShare(cost: "dear", count: 6), "the first")
    }
}
