// SPDX-License-Identifier: Apache-2.0

import AuthCore
import Testing

@Suite("Flow of a mailed action") struct MailedFlowTests {
    private static let start = Timestamp(seconds: 1_000)
    private static let key = OneTimeTokenKey(userID: UserID(UUIDv7(high: 1, low: 1)), digest: [1])
    private static let code: [UInt8] = [7, 7]

    private static func flow(
        id: FlowID = FlowID([1]), token: OneTimeTokenKey? = key, wrongCodes: Int64 = 0, endedAt: Timestamp? = nil
    ) -> MailedFlow {
        MailedFlow(
            id: id, purpose: .passwordReset, recipient: "ada@example.test", token: token, shown: nil,
            codeDigest: code, wrongCodes: wrongCodes, codeExpiresAt: start + MailedFlow.codeLifetime,
            expiresAt: start + .seconds(3_600), mailedAt: start, endedAt: endedAt, source: "192.0.2.1", userAgent: nil,
            createdAt: start)
    }

    @Test("a code is accepted under its current digest or an earlier key's, until it is too old")
    func codes() {
        let flow = Self.flow()
        let end = flow.codeExpiresAt

        #expect(flow.accepts([Self.code], at: Self.start))
        #expect(flow.accepts([[1], Self.code], at: end - .microseconds(1)))
        #expect(!flow.accepts([Self.code], at: end))
        #expect(!flow.accepts([], at: Self.start))
        #expect(!flow.accepts([[7]], at: Self.start))
        #expect(MailedFlow.codeLifetime == .seconds(600))
    }

    @Test("after five wrong codes, none is accepted, and the link still is")
    func wrongCodes() {
        let left = (0...6).map { Self.flow(wrongCodes: $0).triesLeft(afterOneMoreAt: Self.start) }

        #expect(left == [4, 3, 2, 1, 0, nil, nil])
        let spent = Self.flow(wrongCodes: 5)
        #expect(!spent.accepts([Self.code], at: Self.start) && spent.isOpen(at: Self.start))
    }

    @Test("one that has ended or expired accepts nothing")
    func ends() {
        let ended = Self.flow(endedAt: Self.start)
        let flow = Self.flow()

        #expect(!ended.isOpen(at: Self.start) && !ended.accepts([Self.code], at: Self.start))
        #expect(ended.triesLeft(afterOneMoreAt: Self.start) == nil)
        #expect(flow.isOpen(at: flow.expiresAt - .microseconds(1)) && !flow.isOpen(at: flow.expiresAt))
    }

    @Test("it is kept for a day, and for as long as its link may be used")
    func retention() {
        var flow = Self.flow()
        #expect(flow.keptUntil == Self.start + .seconds(86_400))
        flow.expiresAt = Self.start + .seconds(100_000)
        #expect(flow.keptUntil == flow.expiresAt)
    }

    @Test("without its mail it has no token and counts for no budget, and is the same otherwise")
    func unsent() {
        let unsent = Self.flow(wrongCodes: 2).unsent

        #expect(unsent.token == nil && unsent.mailedAt == nil)
        #expect(unsent.id == FlowID([1]) && unsent.codeDigest == Self.code && unsent.wrongCodes == 2)
        #expect(unsent.acceptsCode(at: Self.start))
    }

    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let proof: MailboxProof
        let flow: MailedFlow?
        let judgement: MailboxProof.Judgement
    }

    private static let cases = [
        Case(testDescription: "a link", proof: .link(key), flow: flow(), judgement: .shown(isHere: false)),
        Case(
            testDescription: "a link of a token without a flow", proof: .link(key), flow: nil,
            judgement: .shown(isHere: false)),
        Case(
            testDescription: "a link beside the handle", proof: .linkHere(key, FlowID([1])), flow: flow(),
            judgement: .shown(isHere: true)),
        Case(
            testDescription: "a link beside another handle", proof: .linkHere(key, FlowID([2])), flow: flow(),
            judgement: .shown(isHere: false)),
        Case(
            testDescription: "a link beside a handle, without a flow", proof: .linkHere(key, FlowID([1])), flow: nil,
            judgement: .shown(isHere: false)),
        Case(
            testDescription: "a link beside the handle of a flow that has ended", proof: .linkHere(key, FlowID([1])),
            flow: flow(endedAt: start), judgement: .shown(isHere: false)),
        Case(
            testDescription: "a link and its code", proof: .linkAndCode(key, [code]), flow: flow(),
            judgement: .shown(isHere: false)),
        Case(
            testDescription: "a link and a wrong code", proof: .linkAndCode(key, [[1]]), flow: flow(),
            judgement: .wrongCode),
        Case(
            testDescription: "a link and a code, without a flow", proof: .linkAndCode(key, [code]), flow: nil,
            judgement: .wrongCode),
        Case(
            testDescription: "a handle and its code", proof: .code(FlowID([1]), [code]), flow: flow(),
            judgement: .shown(isHere: true)),
        Case(
            testDescription: "a handle and a wrong code", proof: .code(FlowID([1]), [[1]]), flow: flow(),
            judgement: .wrongCode),
        Case(
            testDescription: "an unknown handle", proof: .code(FlowID([1]), [code]), flow: nil, judgement: .wrongCode),
    ]

    @Test("a proof is judged by what it shows", arguments: cases)
    func judgement(_ item: Case) {
        #expect(item.proof.judge(item.flow, demanding: .link, at: Self.start) == item.judgement)
    }

    @Test("what demands the client that asked, or a code, is not completed by less, and a right code is enough for all")
    func demands() {
        let id = FlowID([1])
        let proofs: [(MailboxProof, enough: [ProofDemand])] = [
            (.link(Self.key), [.link]), (.linkHere(Self.key, FlowID([2])), [.link]),
            (.linkHere(Self.key, id), [.link, .hereOrCode]),
            (.linkAndCode(Self.key, [Self.code]), ProofDemand.allCases), (.code(id, [Self.code]), ProofDemand.allCases),
        ]
        for (proof, enough) in proofs {
            for demand in ProofDemand.allCases {
                let judgement = proof.judge(Self.flow(), demanding: demand, at: Self.start)
                #expect((judgement != .tooLittle) == enough.contains(demand), "\(proof) under \(demand)")
            }
        }
        let over = MailboxProof.linkHere(Self.key, id)
        #expect(over.judge(Self.flow(endedAt: Self.start), demanding: .hereOrCode, at: Self.start) == .tooLittle)
        for demand in ProofDemand.allCases {
            let wrong = MailboxProof.linkAndCode(Self.key, [[1]]).judge(Self.flow(), demanding: demand, at: Self.start)
            #expect(wrong == .wrongCode)
        }
    }

    @Test("the token alone neither signs in, unlocks, confirms who the user is nor undoes a change")
    func demandsOfPurposes() {
        let purposes = OneTimeTokenPurpose.allCases
        #expect(purposes.filter { $0.demand() == .hereOrCode } == [.signIn, .unlock])
        #expect(purposes.filter { $0.demand() == .code } == [.addressUndo, .reauthentication])
        #expect(
            purposes.filter { $0.demand() == .link } == [
                .passwordReset, .emailVerification, .addressChange, .invitation, .supabase,
            ])
        // A new password that is typed stands for the code of an undo, and of nothing else.
        #expect(purposes.filter { $0.demand(settingPassword: true) != $0.demand() } == [.addressUndo])
        #expect(ProofDemand.report == .code)
    }

    @Test("a proof names its token and its flow")
    func parts() {
        let id = FlowID([1])
        let proofs: [MailboxProof] = [
            .link(Self.key), .linkHere(Self.key, id), .linkAndCode(Self.key, [[1]]), .code(id, [[1]]),
        ]

        #expect(proofs.map(\.tokenKey) == [Self.key, Self.key, Self.key, nil])
        #expect(proofs.map(\.flowID) == [nil, id, nil, id])
    }
}

@Suite("Binding of credentials") struct BindingEffectTests {
    private static let now = Timestamp(seconds: 2_000)
    private static let current = CredentialGeneration(5)
    private static let old = CredentialGeneration(4)

    private static func user(isBound: Bool) -> User {
        User(
            id: UserID(UUIDv7(high: 1, low: 1)), mustChangePassword: true, epoch: UserEpoch(2),
            credentialGeneration: current, isBound: isBound, createdAt: Timestamp(seconds: 1))
    }

    @Test(
        "is decided by what was shown when the mail was asked for, where it was opened, and what is shown now",
        arguments: [
            (current, true, nil, .bind), (current, false, nil, .keep), (nil, true, nil, .void),
            (nil, false, nil, .void),
            (old, true, nil, .void), (old, false, nil, .void), (nil, false, current, .bind),
            (nil, true, current, .bind),
            (current, false, current, .bind), (old, false, current, .bind), (nil, false, old, .void),
            (current, false, old, .keep), (current, true, old, .bind),
        ] as [(CredentialGeneration?, Bool, CredentialGeneration?, BindingEffect)])
    func table(
        _ shown: CredentialGeneration?, _ isHere: Bool, _ showing: CredentialGeneration?, _ effect: BindingEffect
    ) {
        #expect(BindingEffect.of(Self.user(isBound: false), shown: shown, isHere: isHere, showing: showing) == effect)
        #expect(BindingEffect.of(Self.user(isBound: true), shown: shown, isHere: isHere, showing: showing) == .keep)
    }

    @Test("changes nothing, binds, or raises the generation and the epoch with it")
    func application() {
        let before = Self.user(isBound: false)
        var (kept, bound, voided) = (before, before, before)
        kept.apply(.keep, at: Self.now)
        bound.apply(.bind, at: Self.now)
        voided.apply(.void, at: Self.now)

        #expect(kept == before)
        #expect(bound.isBound && bound.credentialGeneration == Self.current && bound.epoch == before.epoch)
        #expect(bound.mustChangePassword)
        #expect(voided.isBound && voided.credentialGeneration == Self.current.next(at: Self.now))
        #expect(voided.epoch == before.epoch.next(at: Self.now) && !voided.mustChangePassword)
    }

    @Test("ends with the address: what was shown with a proof of one mailbox was not shown with one of another")
    func newAddress() throws {
        var user = Self.user(isBound: true)
        user.email = try EmailAddress("ada@example.test")
        for (address, isBound) in [("ADA@example.test", true), ("ada@elsewhere.test", false)] {
            let changed = try ProfileChange(email: EmailAddress(address)).applied(to: user, at: Self.now).get()
            #expect(changed.isBound == isBound)
        }
    }
}
