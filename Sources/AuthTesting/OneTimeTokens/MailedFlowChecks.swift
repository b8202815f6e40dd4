// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthStore

/// M6, M7 and T2: flows, their codes, and what is counted of them.
enum MailedFlowChecks {
    static let all: [StoreCheck] = [
        StoreCheck("M6", "mails of the installation are counted from an instant on, up to a limit", on: counting),
        StoreCheck("M7", "the fifth wrong code voids the code of its flow, and nothing else", on: wrongCodes),
        StoreCheck("M7", "of concurrent wrong codes, five are counted", on: concurrentCodes),
        StoreCheck("M7", "a flow without a mail counts wrong codes, and accepts none", on: unsent),
        StoreCheck("M7", "a code is void once it is too old, and its flow once it has ended", on: oldCodes),
        StoreCheck("T2", "of a link and a code redeemed at once, one is accepted", on: linkAndCode),
        StoreCheck("T2", "a token that is redeemed while all are voided is redeemed before or not at all", on: voiding),
        StoreCheck("A5", "flows are stored unchanged", on: roundTrip),
    ]

    private static func refused(_ triesLeft: Int64?) -> RedemptionOutcome { .refused(.wrongCode, triesLeft: triesLeft) }

    private static func counting(_ test: StoreUnderTest) async throws {
        let ada = try await test.make("ada", 1)
        for (number, seconds) in [0, 10, 10, 20].enumerated() {
            try await test.begin(UInt8(number), .passwordReset, for: ada, at: Int64(seconds))
        }
        // Neither a flow without a mail counts nor a token without a flow.
        try await test.issue(9, .passwordReset, for: ada, at: 20)
        let token = test.token(10, .signIn, for: ada, at: 20)
        let flow = test.flow(10, .signIn, of: token, at: 20).unsent
        _ = try await test.store.issueToken(
            MailedToken(token, flow: flow, mail: nil), under: .unlimited, answering: nil, context: test.context(20))
        for (seconds, limit, expected) in [(0, 10, 4), (0, 3, 3), (10, 10, 3), (11, 10, 1), (21, 10, 0), (0, 0, 0)]
            as [(Int64, Int64, Int64)]
        {
            let count = try await test.store.mailCount(since: test.context(seconds).now, limit: limit)
            try requireEqual(count, expected, "the mails since \(seconds), at most \(limit)")
        }
    }

    private static func wrongCodes(_ test: StoreUnderTest) async throws {
        let ada = try await test.make("ada", 1)
        let flow = try await test.begin(1, .passwordReset, for: ada)
        let other = try await test.begin(2, .passwordReset, for: ada)
        let key = try requireValue(flow.token)
        let wrong = MailboxProof.linkAndCode(key, [[1], other.codeDigest])
        let right = MailboxProof.code(flow.id, [flow.codeDigest])
        try requireEqual(try await redeem(wrong, ada, test), refused(4), "the first wrong one, beside the link")
        let second = try await redeem(.code(flow.id, []), ada, test)
        try requireEqual(second, refused(3), "the second, beside the handle")
        try requireEqual(
            try await test.store.countWrongCode(flow.id, context: test.context(1)), 2, "the third, counted alone")
        try requireEqual(try await redeem(wrong, ada, test), refused(1), "the fourth")
        try requireEqual(try await test.stored(flow).wrongCodes, 4, "the count")
        try requireEqual(
            try await test.audit().last?.refusal, OneTimeTokenRefusal.wrongCode.rawValue, "the audit event")
        let later = try await test.store.redeemPasswordReset(
            .linkAndCode(try requireValue(other.token), [flow.codeDigest]), newHash: StoreUnderTest.hash("x"),
            context: test.context(1)
        ).outcome
        try requireEqual(later, refused(4), "the code of another flow")
        try requireEqual(try await redeem(wrong, ada, test), refused(0), "the fifth")
        for proof in [right, wrong] {
            try requireEqual(try await redeem(proof, ada, test), refused(nil), "one after five")
        }
        try requireEqual(
            try await test.store.countWrongCode(flow.id, context: test.context(1)), nil, "counting after five")
        try requireEqual(try await test.stored(flow).wrongCodes, 5, "the count at last")
        guard case .accepted = try await redeem(.link(key), ada, test) else {
            throw ConformanceFailure(message: "the link was not accepted", location: #fileID)
        }
    }

    private static func redeem(
        _ proof: MailboxProof, _ user: User, _ test: StoreUnderTest
    ) async throws -> RedemptionOutcome {
        try await RedemptionChecks.redeem(proof, .passwordReset, of: user, test)
    }

    private static func concurrentCodes(_ test: StoreUnderTest) async throws {
        let ada = try await test.make("ada", 1)
        let flow = try await test.begin(1, .passwordReset, for: ada)
        let key = try requireValue(flow.token)
        let left = try await concurrently(24) { number -> Int64? in
            switch number % 3 {
            case 0:
                return try await test.store.countWrongCode(flow.id, context: test.context(1))
            default:
                let proof = number % 3 == 1 ? MailboxProof.code(flow.id, [[1]]) : .linkAndCode(key, [[1]])
                guard case .refused(.wrongCode, let left) = try await redeem(proof, ada, test) else {
                    throw ConformanceFailure(message: "a wrong code was accepted", location: #fileID)
                }
                return left
            }
        }
        try requireEqual(left.compactMap { $0 }.sorted(), [0, 1, 2, 3, 4], "what was left")
        try requireEqual(try await test.stored(flow).wrongCodes, 5, "the count")
        try requireEqual(try await redeem(.code(flow.id, [flow.codeDigest]), ada, test), refused(nil), "the code")
    }

    private static func unsent(_ test: StoreUnderTest) async throws {
        let ada = try await test.make("ada", 1)
        let flow = test.flow(1, .passwordReset, of: nil)
        try await MailRequestChecks.end(flow, test)
        for left in [4, 3, 2, 1, 0, nil] as [Int64?] {
            let outcome = try await redeem(.code(flow.id, [flow.codeDigest]), ada, test)
            try requireEqual(outcome, refused(left), "the answer to a code")
        }
        let unknown = try await redeem(.code(FlowID([9]), [flow.codeDigest]), ada, test)
        try requireEqual(unknown, refused(nil), "the answer where there is no flow")
        try requireEqual(try await test.stored(ada).isVerified, false, "whether an address was verified")
    }

    private static func oldCodes(_ test: StoreUnderTest) async throws {
        let ada = try await test.make("ada", 1)
        let flow = try await test.begin(1, .passwordReset, for: ada)
        let reported = try await test.begin(2, .passwordReset, for: ada)
        let right = MailboxProof.code(flow.id, [flow.codeDigest])
        let old = try await test.store.redeemPasswordReset(
            right, newHash: StoreUnderTest.hash("x"), context: OperationContext(now: flow.codeExpiresAt)
        ).outcome
        try requireEqual(old, refused(nil), "at its end")
        try requireEqual(
            try await test.store.countWrongCode(flow.id, context: OperationContext(now: flow.codeExpiresAt)), nil,
            "counting then")
        let proof = MailboxProof.code(reported.id, [reported.codeDigest])
        _ = try await test.store.reportFlow(proof, context: test.context(1)).outcome
        try requireEqual(try await redeem(proof, ada, test), refused(nil), "of a flow that has ended")
        try requireEqual(
            try await test.store.countWrongCode(reported.id, context: test.context(1)), nil, "counting at it")
        let last = try await test.store.redeemPasswordReset(
            right, newHash: StoreUnderTest.hash("x"),
            context: OperationContext(now: flow.codeExpiresAt - .microseconds(1))
        ).outcome
        guard case .accepted = last else {
            throw ConformanceFailure(message: "the outcome is \(last)", location: #fileID)
        }
    }

    private static func linkAndCode(_ test: StoreUnderTest) async throws {
        for (index, purpose) in RedemptionChecks.purposes.enumerated() {
            let user = try await test.make("user\(index)", index)
            let flow = try await test.begin(UInt8(index), purpose, for: user)
            let key = try requireValue(flow.token)
            let outcomes = try await concurrently(8) { number in
                let proof =
                    number % 2 == 0 ? MailboxProof.linkHere(key, flow.id) : .code(flow.id, [flow.codeDigest])
                return try await RedemptionChecks.redeem(
                    proof, purpose, of: user, number: 100 * index + number, test)
            }
            let accepted = outcomes.count {
                if case .accepted = $0 { true } else { false }
            }
            try requireEqual(accepted, 1, "how many were accepted for \(purpose)")
            try requireEqual(try await test.store.oneTimeToken(key), nil, "the token")
        }
    }

    private static func voiding(_ test: StoreUnderTest) async throws {
        for round in 0..<8 {
            let user = try await test.make("user\(round)", round)
            let flow = try await test.begin(UInt8(round), .signIn, for: user, shown: .first)
            let key = try requireValue(flow.token)
            let replacement = PasswordReplacement(
                expected: StoreUnderTest.hash(), new: StoreUnderTest.hash("second"), session: nil)
            let (outcome, replaced) = try await both(
                {
                    try await RedemptionChecks.redeem(
                        .linkHere(key, flow.id), .signIn, of: user, number: round, test)
                },
                { try await test.store.replacePassword(of: user.id, replacement, context: test.context(2)).outcome })
            guard case .replaced = replaced else {
                throw ConformanceFailure(message: "the password was not replaced: \(replaced)", location: #fileID)
            }
            switch outcome {
            case .accepted(let changed, let effect):
                try requireEqual(effect, .bind, "the effect in round \(round)")
                try requireEqual(changed.epoch, .first, "the epoch of the session")
            case .refused(let refusal, _):
                try requireEqual(refusal, .unknown, "the refusal in round \(round)")
            }
            try requireEqual(try await test.liveSessions(of: user, at: 2), [], "the sessions in round \(round)")
            try requireEqual(try await test.store.oneTimeToken(key), nil, "the token")
            try require(try await test.stored(flow).endedAt != nil, "the flow is open")
        }
    }

    private static func roundTrip(_ test: StoreUnderTest) async throws {
        let (earliest, latest) = (Timestamp(microseconds: .min), Timestamp(microseconds: .max))
        let flows = [
            MailedFlow(
                id: FlowID((0..<32).map { UInt8($0) }), purpose: .invitation, recipient: "Ädä@exämple.test",
                token: nil, shown: CredentialGeneration(.max), codeDigest: [0, 255], wrongCodes: 5,
                codeExpiresAt: latest, expiresAt: latest, mailedAt: nil, endedAt: earliest, source: nil,
                userAgent: nil, createdAt: test.context().now),
            MailedFlow(
                id: FlowID([255]), purpose: .reauthentication, recipient: "", token: nil, shown: nil, codeDigest: [1],
                codeExpiresAt: earliest, expiresAt: earliest, mailedAt: nil, source: "2001:db8::1",
                userAgent: String(repeating: "ü", count: 1_000), createdAt: test.context().now),
        ]
        for flow in flows {
            try await MailRequestChecks.end(flow, test)
            try requireEqual(try await test.store.mailedFlow(flow.id), flow, "the flow")
        }
        let ada = try await test.make("ada", 1)
        let flow = try await test.begin(3, .unlock, for: ada, shown: CredentialGeneration(7))
        try requireEqual(try await test.store.mailedFlow(of: try requireValue(flow.token)), flow, "by its token")
        let stray = OneTimeTokenKey(userID: ada.id, digest: [7])
        try requireEqual(try await test.store.mailedFlow(of: stray), nil, "by another token")
        try requireEqual(try await test.store.mailedFlow(FlowID([7])), nil, "by another id")
    }
}
