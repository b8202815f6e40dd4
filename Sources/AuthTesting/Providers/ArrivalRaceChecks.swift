// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthStore

/// P8: arrivals at the same time as others, and as what changes whom they are about.
enum ArrivalRaceChecks {
    static let all: [StoreCheck] = [
        StoreCheck("P8", "of concurrent first arrivals with one identity, one makes the user", on: oneIdentity),
        StoreCheck("P8", "of concurrent first arrivals with one address, one makes the user", on: oneAddress),
        StoreCheck("P8", "an arrival and a registration of the same address make one user", on: againstRegistration),
        StoreCheck("P8", "an arrival beside a deletion signs in to no user who is gone", on: againstDeletion),
        StoreCheck("P8", "an arrival beside an unlink signs in before it or not at all", on: againstUnlink),
        StoreCheck("P8", "an arrival that links and a link elsewhere give the identity to one user", on: againstLink),
    ]

    private static func users(
        _ outcomes: [Committed<ProviderArrivalOutcome>], _ test: StoreUnderTest
    ) throws -> (ids: Set<UserID>, made: Int) {
        let arrived = try outcomes.map { try test.signedIn($0) }
        return (Set(arrived.map(\.user.id)), arrived.count { $0.isNew })
    }

    private static func oneIdentity(_ test: StoreUnderTest) async throws {
        for round in 0..<4 {
            let email = round.isMultiple(of: 2) ? "user\(round)@example.test" : nil
            let profile = try StoreUnderTest.profile("user\(round)", email: email)
            let outcomes = try await concurrently(6) { number in
                try await test.arrive(profile, round * 10 + number)
            }
            let (ids, made) = try users(outcomes, test)
            try requireEqual(made, 1, "how many made the user in round \(round)")
            try requireEqual(ids.count, 1, "how many users there are in round \(round)")
            try requireEqual(try await test.store.userCount(), Int64(round + 1), "the count")
            let id = try requireValue(ids.first, "the user")
            try requireEqual(try await test.store.identities(of: id).count, 1, "how many identities there are")
            try requireEqual(
                try await test.store.sessions(of: id, aliveAt: test.context(1).now).count, 6, "how many sessions live")
        }
        try requireEqual(try await test.store.orphanCount(), 0, "the rows without their user")
    }

    private static func oneAddress(_ test: StoreUnderTest) async throws {
        for round in 0..<4 {
            let outcomes = try await concurrently(4) { number in
                try await test.arrive(
                    try StoreUnderTest.profile("\(round)-\(number)", email: "user\(round)@example.test"),
                    round * 10 + number)
            }
            let (ids, made) = try users(outcomes, test)
            try requireEqual(made, 1, "how many made the user in round \(round)")
            try requireEqual(ids.count, 1, "how many users there are in round \(round)")
            let id = try requireValue(ids.first, "the user")
            let identities = try await test.store.identities(of: id)
            try requireEqual(identities.count, 4, "how many identities there are")
            try require(identities.allSatisfy(\.isBound), "one of them is not bound")
        }
        try requireEqual(try await test.store.userCount(), 4, "the count")
        try requireEqual(try await test.store.orphanCount(), 0, "the rows without their user")
    }

    private static func againstRegistration(_ test: StoreUnderTest) async throws {
        for round in 0..<8 {
            let profile = try StoreUnderTest.profile("user\(round)", email: "user\(round)@example.test")
            let registrant = try test.draft("user\(round)", round * 10)
            let (arrived, registered) = try await both(
                { try test.signedIn(try await test.arrive(profile, round * 10 + 1)) },
                {
                    try await test.store.createUser(
                        registrant, passwordHash: StoreUnderTest.hash(), action: .userRegistered,
                        context: test.context(1))
                })
            // What was registered first is linked, and its password is void; what comes later finds the address taken.
            try requireEqual(registered, arrived.isNew ? .taken(.email) : .created, "the registration")
            try requireEqual(arrived.effect, arrived.isNew ? .keep : .void, "the effect")
            let holder = try await test.store.credential(for: .email(try requireValue(profile.email)))
            try requireEqual(holder?.user.id, arrived.user.id, "who has the address")
            try requireEqual(holder?.passwordHash, nil, "the password")
            try require(holder?.user.isVerified == true && holder?.user.isBound == true, "the address is not proven")
        }
        try requireEqual(try await test.store.userCount(), 8, "the count")
        try requireEqual(try await test.store.orphanCount(), 0, "the rows without their user")
    }

    private static func againstDeletion(_ test: StoreUnderTest) async throws {
        for round in 0..<8 {
            let user = try await test.makeBound("user\(round)", round * 10)
            if round.isMultiple(of: 2) { try await test.link("user\(round)", round * 10 + 1, to: user) }
            let profile = try StoreUnderTest.profile("user\(round)", email: "user\(round)@example.test")
            let (arrived, _) = try await both(
                { try test.signedIn(try await test.arrive(profile, round * 10 + 2)) },
                { try await test.store.perform(.delete, on: user.id, context: test.context(1)).outcome })
            let isThere = try await test.store.user(withID: arrived.user.id) != nil
            try requireEqual(isThere, arrived.isNew, "whether the user is there in round \(round)")
            try requireEqual(arrived.isNew, arrived.user.id != user.id, "whether the user is another one")
            try requireEqual(try await test.store.orphanCount(), 0, "the rows without their user")
        }
    }

    private static func againstUnlink(_ test: StoreUnderTest) async throws {
        for round in 0..<8 {
            let user = try await test.make("user\(round)", round * 10)
            let identity = try await test.link("user\(round)", round * 10 + 1, to: user)
            let profile = try StoreUnderTest.profile("user\(round)")
            let (arrived, unlinked) = try await both(
                { try test.signedIn(try await test.arrive(profile, round * 10 + 2)) },
                {
                    try await test.store.unlink(
                        identity.id, of: user.id, enabled: [], signsInByMail: false, context: test.context(1)
                    ).outcome
                })
            guard case .unlinked = unlinked else {
                throw ConformanceFailure(message: "unlinking came to \(unlinked)", location: #fileID)
            }
            try requireEqual(arrived.isNew, arrived.user.id != user.id, "whether the user is another one")
            try requireEqual(try await test.subjects(of: user), [], "what is left of the link")
            let holding = try await test.store.look(profile.subject, address: nil).identity?.userID
            try requireEqual(holding, arrived.isNew ? arrived.user.id : nil, "whose the identity is")
        }
    }

    private static func againstLink(_ test: StoreUnderTest) async throws {
        for round in 0..<8 {
            let owner = try await test.makeBound("owner\(round)", round * 10)
            let other = try await test.makeBound("other\(round)", round * 10 + 1)
            let session = try await test.open(round * 10 + 1, of: other)
            let identity = try test.identity("user\(round)", round * 10 + 1, of: other)
            let profile = try StoreUnderTest.profile("user\(round)", email: "owner\(round)@example.test")
            let (arrived, linked) = try await both(
                { try test.signedIn(try await test.arrive(profile, round * 10 + 2)) },
                { try await test.store.link(identity, session: session.id, context: test.context(1)).outcome })
            let isOthers = arrived.user.id == other.id
            try require(isOthers || arrived.user.id == owner.id, "another user has arrived")
            if isOthers {
                guard case .linked = linked else {
                    throw ConformanceFailure(message: "linking came to \(linked)", location: #fileID)
                }
            } else {
                try requireEqual(linked, .taken, "linking in round \(round)")
            }
            try requireEqual(try await test.subjects(of: owner).count, isOthers ? 0 : 1, "what the owner has")
            try requireEqual(try await test.subjects(of: other).count, isOthers ? 1 : 0, "what the other one has")
        }
    }
}
