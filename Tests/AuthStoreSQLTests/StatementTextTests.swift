// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthStore
import Testing

@testable import AuthStoreSQL

@Suite("Statements") struct StatementTextTests {
    @Test("every parameter is bound, and every bound value has its place", arguments: Statements.all)
    func placeholders(_ statement: Statement) throws {
        let numbers = Set(statement.sql.text.matches(of: #/\$([0-9]+)/#).compactMap { Int($0.output.1) })

        #expect(numbers.sorted() == Array(0..<statement.values.count).map { $0 + 1 })
    }

    @Test("every table is qualified", arguments: Statements.all)
    func qualification(_ statement: Statement) {
        let text = statement.sql.text
        // What a statement names for itself is no table.
        let own = Set(text.matches(of: #/WITH ([a-z_]+) AS/#).map(\.output.1))
        let named = text.matches(of: #/(?:FROM|JOIN|INTO|UPDATE) ([a-z_.]+)/#).map(\.output.1)
            .filter { !own.contains($0) }

        #expect(!named.isEmpty)
        #expect(named.allSatisfy { $0.hasPrefix("authd.") }, "\(named)")
    }

    @Test("no literal has text that SQLite's driver removes", arguments: Statements.all)
    func literals(_ statement: Statement) {
        let literals = statement.sql.text.split(separator: "'", omittingEmptySubsequences: false)
            .enumerated().filter { !$0.offset.isMultiple(of: 2) }.map(\.element)

        for literal in literals {
            #expect(
                !literal.contains("authd.") && !literal.contains(" FOR UPDATE") && !literal.contains("SKIP LOCKED"))
        }
        #expect(statement.sql.text.utf8.count { $0 == UInt8(ascii: "'") }.isMultiple(of: 2))
    }

    @Test("rows that a decision is about are locked")
    func locks() {
        let id = UserID(UUIDv7(high: 1, low: 1))
        let reads = [
            LockedRows.user(id), LockedRows.passwordHash(of: id),
            LockedRows.oneTimeToken(Statements.Samples().token.key),
            LockedRows.flow(Statements.Samples().flow.id), LockedRows.flow(of: Statements.Samples().token.key),
            LockedRows.mailRequest(1), IdentityStatements.lock(of: id), IdentityStatements.lockCode([1]),
            LockedRows.session(SessionID(id.uuid), of: id), Statement(AuditSealOperations.lockHead),
            SupabaseStatements.lockCode([1]), SupabaseStatements.confirmation(of: id),
        ]

        for read in reads { #expect(read.sql.text.hasSuffix(" FOR UPDATE")) }
    }

    @Test("a rotation writes its session by one statement, and nothing else", arguments: SQLDialect.allCases)
    func rotation(_ dialect: SQLDialect) throws {
        let presented = RefreshPresentation(
            sessionID: SessionID(UUIDv7(high: 1, low: 1)), userID: UserID(UUIDv7(high: 1, low: 2)), counter: 3,
            grace: .seconds(10))

        let operation = RefreshOperations.rotate(presented, at: Timestamp(seconds: 1), in: dialect)

        #expect(operation.access == .writeOnce)
        guard case .run(let statements, _) = operation.program else { throw Missing() }
        // SQLite reads the user in the same transaction.
        #expect(statements.count == (dialect == .postgres ? 1 : 2))
        let text = try #require(statements.first).sql.text
        #expect(text.hasPrefix("UPDATE authd.sessions SET counter = counter + 1"))
        #expect(text.matches(of: #/UPDATE|INSERT|DELETE/#).count == 1)
        #expect(statements.dropFirst().allSatisfy { $0.sql.text.hasPrefix("SELECT ") })
        #expect(statements.allSatisfy { $0.sql.isPermanent })
        // The user is read once, not once for each column.
        #expect(text.matches(of: #/SELECT/#).count == (dialect == .postgres ? 0 : 1))
    }

    @Test("signing in takes the feed's lock only if a session is evicted, every write to the feed takes it")
    func access() throws {
        let samples = Statements.Samples()
        let context = samples.context

        for limit in [nil, SessionLimit(perUser: 1)] {
            let ladder = SessionOperations.open(
                samples.session, expecting: .first, limit: limit, replacing: nil, context: context)
            #expect(ladder.attempts.map(\.access) == [.write])
            #expect(ladder.last.access == .writeFeed)
        }
        #expect(RefreshOperations.decide(samples.presented, context: context).access == .write)
        #expect(RefreshOperations.decideAndEnd(samples.presented, context: context).access == .writeFeed)
        #expect(
            SessionOperations.end(samples.session.id, of: samples.user.id, reason: .revoked, context: context).access
                == .writeFeed)
        #expect(
            AdministrationOperations.perform(
                .delete, on: samples.user.id, reservingUsernameUntil: nil, context: context
            ).access == .writeFeed)
        #expect(
            AdministrationOperations.createFirst(samples.user, passwordHash: samples.hash, context: context).access
                == .writeFeed)
        for purpose in [OneTimeTokenPurpose.passwordReset, .emailVerification, .unlock] {
            let redemption = RedemptionOperations.redeem(.link(samples.token.key), for: purpose, context: context)
            #expect(redemption.access == .writeFeed)
        }
        #expect(
            RedemptionOperations.signIn(
                .link(samples.token.key), session: samples.session, limit: nil, replacing: nil, context: context
            ).access == .writeFeed)
        // Anyone can have these done, so they take no lock that two users share.
        #expect(RedemptionOperations.report(.link(samples.token.key), context: context).access == .write)
        #expect(
            MailRequestOperations.request(samples.request, quota: MailRequestQuota(), at: samples.now).access == .write)
        #expect(MailedFlowOperations.countWrongCode(samples.flow.id, at: samples.now).access == .writeOnce)
        #expect(
            AbandonedRegistrationOperations.remove(samples.user.id, madeBefore: samples.now, context: context).access
                == .writeFeed)
        let invitation = samples.invitation
        #expect(
            InvitationOperations.revoke(invitation.id, of: samples.user.id, context: context).access == .writeFeed)
        #expect(InvitationOperations.removeExpiredInvitee(samples.user.id, context: context).access == .writeFeed)
        let proof = InvitationProof(.link(samples.token.key), newHash: nil, showing: nil, policy: AccessPolicy())
        #expect(InvitationOperations.accept(proof, context: context).access == .writeFeed)
        let arrivals = ArrivalOperations.attempts(try samples.arrival(email: "ada@example.test"), context: context)
        #expect(arrivals.map(\.access) == [.write, .writeFeed])
        #expect(ProviderFlowOperations.spend([1], until: samples.now).access == .writeOnce)
        let mail = samples.supabaseMail(.signup, to: "ada@example.test")
        for proof in samples.supabaseProofs(mail) {
            for call in samples.supabaseCalls(proof, as: .signup) {
                let ladder = SupabaseRedemptionOperations.redeem(call, context: context)
                #expect(ladder.attempts.map(\.access) == [.write] && ladder.last.access == .writeFeed)
            }
        }
        let exchange = SupabaseRedemptionOperations.exchange(
            [1], verifierDigest: [2], session: samples.session, limit: nil, context: context)
        #expect(exchange.attempts.map(\.access) == [.write] && exchange.last.access == .writeFeed)
        for asking in [nil, samples.user.newEmail] {
            let issuing = SupabaseMailOperations.issue(
                SupabaseMailOrder(mails: [mail], asking: asking), under: .unlimited, answering: nil, context: context)
            #expect(issuing.access == (asking == nil ? .write : .writeFeed))
        }
        #expect(SupabaseRedemptionOperations.take(samples.supabaseBudget, at: samples.now).access == .write)
        #expect(SupabaseKeyOperations.use(of: samples.supabaseKey.id, at: samples.now).access == .writeOnce)
        #expect(
            IdentityOperations.link(try samples.identity, session: samples.session.id, context: context).access
                == .write)
    }

    struct Missing: Error {}
}

/// Every statement that operations can come to, gathered by running their programs on made-up results.
enum Statements {
    static let all: [Statement] = gather()

    /// Things to write.
    struct Samples {
        let now = Timestamp(seconds: 1_800_000_000)
        let user: User
        let session: Session
        let token: OneTimeToken
        let flow: MailedFlow
        let request: MailRequest
        let key: StoredSigningKey
        let role: StoredRole
        let hash = StoredPasswordHash(text: "h", cost: "c")
        static let lease: [UInt8] = [7]
        /// A change that reserves the address that the user asks for.
        var addressChange: StoredAddressChange? {
            guard let former = user.newEmail else { return nil }
            let change = AddressChange(
                userID: user.id, number: 1, former: former, formerVerifiedAt: nil, generation: .first, wasBound: true,
                undoDigest: [1], changedAt: now, endsAt: now + .seconds(10))
            return StoredAddressChange(change, passwordHash: hash)
        }

        /// Another token of the same user, which would live longer.
        var later: OneTimeToken {
            OneTimeToken(
                digest: [2], purpose: .passwordReset, userID: user.id, address: "ada@example.test", createdAt: now,
                expiresAt: now + .seconds(100))
        }
        var invitation: Invitation {
            Invitation(InvitationID(UUIDv7(high: 7, low: 8)), of: user.id, as: .user, by: nil, at: now)
        }
        var subject: ProviderSubject {
            get throws { try #require(ProviderSubject(issuer: "https://idp.example.test", subject: "ada")) }
        }
        var identity: Identity {
            get throws {
                Identity(
                    id: IdentityID(UUIDv7(high: 7, low: 9)), userID: user.id, provider: try ProviderName("corp"),
                    subject: try subject, email: user.email, emailIsVerified: true, isBound: false, createdAt: now,
                    lastUsedAt: now)
            }
        }
        /// What a provider says; the identity of these samples belongs to the subject.
        func profile(_ name: String, email: String?) throws -> ProviderProfile {
            ProviderProfile(
                subject: try #require(ProviderSubject(issuer: "https://idp.example.test", subject: name)),
                email: email.flatMap { try? EmailAddress($0) }, emailIsVerified: email != nil, fullName: "Ada",
                hostedDomain: nil, domainOwnerVerified: false)
        }
        var providerCodes: [ProviderCode] {
            get throws {
                try [ProviderCode.Purpose.signIn, .link(user.id, session.id)].map { purpose in
                    ProviderCode(
                        digest: [1], purpose: purpose, challenge: [2], provider: try ProviderName("corp"),
                        profile: try profile("ada", email: "ada@example.test"), scope: .everything,
                        source: "192.0.2.7", expiresAt: now + .seconds(60), wrongVerifiers: 0)
                }
            }
        }
        func arrival(_ name: String = "ada", email: String?) throws -> ProviderArrivalRequest {
            var provider = IdentityProvider.generic(
                name: try ProviderName("corp"), issuer: "https://idp.example.test", clientID: "client")
            provider.trust = .domains(["example.test"])
            return ProviderArrivalRequest(
                profile: try profile(name, email: email), provider: provider, registration: .open,
                requiresVerifiedEmail: false, newUser: User(id: user.id, createdAt: now, origin: .provider),
                identityID: IdentityID(UUIDv7(high: 7, low: 10)), session: session, limit: SessionLimit(perUser: 1),
                replacing: session.id, factorsChecked: user.id)
        }
        var context: OperationContext { OperationContext(now: now) }
        var presented: RefreshPresentation {
            RefreshPresentation(sessionID: session.id, userID: user.id, counter: 0, grace: .seconds(10))
        }

        init() {
            let id = UUIDv7(high: 7, low: 7)
            user = User(
                id: UserID(id), username: try? Username("ada"), email: try? EmailAddress("ada@example.test"),
                newEmail: try? EmailAddress("new@example.test"), role: .guest, createdAt: now)
            session = Session(
                id: SessionID(id), userID: UserID(id), scope: .none, authenticatedAt: now, methods: [],
                createdAt: now, notAfter: now + .seconds(10), idleTimeout: .seconds(10),
                rotation: RefreshState(rotatedAt: now))
            token = OneTimeToken(
                digest: [1], purpose: .passwordReset, userID: UserID(id), address: "ada@example.test", createdAt: now,
                expiresAt: now + .seconds(10))
            flow = MailedFlow(
                id: FlowID([3]), purpose: .passwordReset, recipient: "ada@example.test", token: token.key,
                shown: .first,
                codeDigest: [4], codeExpiresAt: now + .seconds(5), expiresAt: now + .seconds(10), mailedAt: now,
                source: "192.0.2.1", userAgent: "Firefox/1", createdAt: now)
            request = MailRequest(
                .passwordReset, flow: FlowID([3]), address: "Ada@example.test", userID: UserID(id), holder: "h",
                standing: .known, details: ["a": "b"], source: nil, userAgent: nil, requestID: "r", createdAt: now)
            key = StoredSigningKey(
                id: "k", algorithm: "ES256", state: .active, sealedPrivateKey: [1], publicJWK: "{}", createdAt: now,
                stateChangedAt: now)
            role = StoredRole(
                role: "editor", description: .none, permissions: "notes", origin: .file, epoch: RoleEpoch(3),
                updatedAt: now)
        }
    }

    private static func gather() -> [Statement] {
        let samples = Samples()
        let (user, context, id) = (samples.user, samples.context, samples.user.id)
        var gathered: [Statement] = []
        func add<Output>(_ operation: SQLOperation<Output>, _ given: Results? = nil) {
            let results = given ?? Results(samples)
            var program = operation.program
            for _ in 0..<10 {
                switch program {
                case .run(let statements, let next):
                    gathered += statements
                    guard let followed = try? next(statements.map(results.result)) else { return }
                    program = followed
                case .commit(let statements, _):
                    gathered += statements
                    return
                case .rollback:
                    return
                }
            }
        }
        func add<Output>(_ ladder: SQLLadder<Output>, _ given: Results? = nil) {
            for attempt in ladder.attempts { add(attempt, given) }
            add(ladder.last, given)
        }
        func addMailed(_ mailed: MailedToken, _ event: AuditEvent) {
            let claim = MailRequestClaim(
                number: 1, lease: OutboxLease(id: Samples.lease, until: samples.now + .seconds(60)))
            for purpose in [OneTimeTokenPurpose.passwordReset, .emailVerification, .unlock, .signIn] {
                let token = OneTimeToken(
                    digest: [1], purpose: purpose, userID: id, address: "ada@example.test", createdAt: samples.now,
                    expiresAt: samples.now + .seconds(10))
                let results = Results(samples, token: token)
                for proof in [MailboxProof.link(token.key), .code(samples.flow.id, [samples.flow.codeDigest])] {
                    let hash = purpose == .passwordReset ? samples.hash : nil
                    add(RedemptionOperations.redeem(proof, for: purpose, newHash: hash, context: context), results)
                }
                add(
                    RedemptionOperations.signIn(
                        .linkAndCode(token.key, [samples.flow.codeDigest]), session: samples.session,
                        limit: SessionLimit(perUser: 1), replacing: samples.session.id, context: context), results)
            }
            for code in [[4], [5]] as [[UInt8]] {
                let proof = MailboxProof.linkAndCode(samples.token.key, [code])
                add(RedemptionOperations.report(proof, context: context))
            }
            gathered += WriteStatements.write(StorePlan(true, [.removeHash(id)]), at: samples.now)
            let spent = MailTerms(.stranger, rule: .standard, admitsAgain: false, admitsFirst: false)
            for terms in [MailTerms.unlimited, MailTerms(.stranger, rule: .standard), spent] {
                for answered in [nil, claim] {
                    add(
                        OneTimeTokenOperations.issue(
                            MailedToken(samples.later, flow: samples.flow, mail: mailed.mail), under: terms,
                            answering: answered, context: context))
                }
            }
            add(OneTimeTokenOperations.token(samples.token.key))
            add(MailedFlowOperations.flow(samples.flow.id))
            add(MailedFlowOperations.flow(of: samples.token.key))
            add(MailedFlowOperations.mailCount(since: samples.now, limit: 10))
            add(MailedFlowOperations.countWrongCode(samples.flow.id, at: samples.now))
            let quota = MailRequestQuota(perHolder: 2, perStanding: 2)
            add(MailRequestOperations.request(samples.request, quota: quota, at: samples.now))
            add(MailRequestOperations.claim(limit: 1, lease: claim.lease, at: samples.now))
            add(MailRequestOperations.postpone(1, lease: claim.lease, until: samples.now))
            add(
                MailRequestOperations.end(
                    claim, flow: samples.flow, mail: mailed.mail, event: event, at: samples.now))
        }
        func addInvitations(_ mail: OutboxEntry?) {
            let token = OneTimeToken(
                digest: [1], purpose: .invitation, userID: id, address: "ada@example.test", createdAt: samples.now,
                expiresAt: samples.now + .seconds(10))
            let issued = MailedToken(token, flow: samples.flow, mail: mail)
            let invitation = samples.invitation
            add(InvitationOperations.create(user, invitation, issued, context: context))
            add(InvitationOperations.invite(invitation, issued, under: AccessPolicy(), context: context))
            add(
                InvitationOperations.resend(
                    invitation.id, issued, context: OperationContext(now: samples.now + Invitation.resendInterval)))
            add(InvitationOperations.revoke(invitation.id, of: id, context: context))
            let proof = InvitationProof(.link(token.key), newHash: samples.hash, showing: nil, policy: AccessPolicy())
            add(InvitationOperations.accept(proof, context: context), Results(samples, token: token))
            for query in [InvitationQuery(), InvitationQuery(openAt: samples.now, before: invitation.id)] {
                add(InvitationOperations.list(query))
            }
            add(InvitationOperations.invitation(withID: invitation.id))
            add(InvitationOperations.expiredInvitees(at: samples.now, limit: 10))
            add(InvitationOperations.removeExpiredInvitee(id, context: context))
        }
        func addProviders() {
            add(ProviderFlowOperations.spend([1], until: samples.now))
            add(
                ProviderFlowOperations.park(
                    ParkedCallback(stateDigest: [1], sealed: [2], expiresAt: samples.now)))
            add(ProviderFlowOperations.takeParked([1], at: samples.now))
            for code in (try? samples.providerCodes) ?? [] {
                add(ProviderFlowOperations.put(code))
                for verifier in [code.challenge, [9]] {
                    add(ProviderFlowOperations.redeem([1], verifierDigest: verifier, by: nil, at: samples.now))
                }
            }
            guard let identity = try? samples.identity, let address = user.email,
                let named = try? samples.arrival(email: nil),
                let proven = try? samples.arrival("other", email: address.original)
            else { return }
            for arrival in [named, proven] {
                for attempt in ArrivalOperations.attempts(arrival, context: context) {
                    add(attempt)
                    add(attempt, Results(samples, knowsIdentity: false))
                    add(attempt, Results(samples, knowsIdentity: false, knowsHolder: false))
                }
            }
            add(IdentityOperations.look(identity.subject, address: address))
            add(IdentityOperations.identities(of: id))
            for results in [Results(samples), Results(samples, knowsIdentity: false)] {
                add(
                    IdentityOperations.link(identity, session: samples.session.id, context: context), results)
            }
            add(
                IdentityOperations.unlink(
                    identity.id, of: id, enabled: [], signsInByMail: true, context: context))
            let writes: [StoreWrite] = [
                .putIdentity(identity), .removeIdentity(id, identity.id), .removeUnboundIdentities(id),
                .removeIdentities(id, linkedSince: samples.now), .bindIdentities(id), .unbindIdentities(id),
                .removeProviderCode([1]), .countWrongVerifier([1]),
            ]
            gathered += WriteStatements.write(StorePlan(true, writes), at: samples.now)
        }
        func addSupabase() {
            let limit = SessionLimit(perUser: 1)
            for kind in [SupabaseMailKind.signup, .emailChangeNew] {
                let address = kind == .signup ? user.email : user.newEmail
                let mail = samples.supabaseMail(kind, to: address?.canonical ?? "")
                let results = Results(samples, token: mail.token, flow: mail.flow)
                let type: SupabaseVerification = kind == .signup ? .signup : .emailChange
                for proof in samples.supabaseProofs(mail) {
                    for call in samples.supabaseCalls(proof, as: type) {
                        add(SupabaseRedemptionOperations.redeem(call, context: context), results)
                    }
                }
                for asking in [nil, user.newEmail] {
                    let order = SupabaseMailOrder(mails: [mail, mail], asking: asking)
                    let claim = MailRequestClaim(
                        number: 1, lease: OutboxLease(id: Samples.lease, until: samples.now + .seconds(60)))
                    for answered in [nil, claim] {
                        let terms = MailTerms(.stranger, rule: .standard)
                        add(
                            SupabaseMailOperations.issue(order, under: terms, answering: answered, context: context),
                            results)
                    }
                }
            }
            for verifier in [samples.supabaseCode.challenge, [9]] {
                add(
                    SupabaseRedemptionOperations.exchange(
                        [1], verifierDigest: verifier, session: samples.session, limit: limit, context: context))
            }
            add(SupabaseRedemptionOperations.take(samples.supabaseBudget, at: samples.now))
            if let operation = try? SupabaseUserOperations.signUpAnonymously(
                User(id: id, isAnonymous: true, createdAt: samples.now), session: samples.session, context: context)
            {
                add(operation)
            }
            add(SupabaseUserOperations.record(of: id, mailsSince: samples.now))
            for change in samples.supabaseChanges {
                add(SupabaseUserOperations.update(id, by: change, context: context))
            }
            for update in samples.supabaseUpdates {
                add(SupabaseUserOperations.administer(id, by: update, context: context))
            }
            for query in [UserQuery(), UserQuery(role: .guest, isActive: true, search: "a")] {
                add(UserListOperations.count(query))
            }
            let key = samples.supabaseKey
            add(SupabaseKeyOperations.keys)
            add(SupabaseKeyOperations.key(key.id))
            add(SupabaseKeyOperations.key(digest: [1]))
            add(SupabaseKeyOperations.add(key, context: context))
            add(SupabaseKeyOperations.revoke(key.id, context: context))
            add(SupabaseKeyOperations.use(of: key.id, at: samples.now))
            add(SigningKeyOperations.supabaseKey(orStore: [1]))
            add(SigningKeyOperations.replaceSupabaseKey([1], by: [2]))
            gathered += WriteStatements.write(StorePlan(true, samples.supabaseWrites), at: samples.now)
        }
        for action in [AuditAction.userCreated, .userRegistered] {
            add(UserOperations.create(user, passwordHash: samples.hash, action: action, context: context))
        }
        add(AdministrationOperations.createFirst(user, passwordHash: samples.hash, context: context))
        add(AdministrationOperations.hasAdministrator)
        add(AbandonedRegistrationOperations.oldest(madeBefore: samples.now, limit: 10))
        add(AbandonedRegistrationOperations.remove(id, madeBefore: samples.now, context: context))
        let token = OutboxToken(digest: [1], content: [2])
        let entries = [id, nil].map {
            OutboxEntry(.mail, kind: "k", about: $0, to: "ada@example.test", token: token, in: context)
        }
        let mailed = MailedToken(samples.token, flow: samples.flow, mail: entries[0])
        add(
            UserOperations.create(
                user, passwordHash: nil, verification: mailed, action: .userRegistered, context: context))
        let event = AuditEvent(.mailFailed, in: context)
        addMailed(mailed, event)
        addInvitations(mailed.mail)
        addProviders()
        addSupabase()
        for entry in entries { add(OutboxOperations.enqueue(entry, recording: event, context: context)) }
        let lease = OutboxLease(id: Samples.lease, until: samples.now + .seconds(60))
        let key = OutboxKey(userID: id, number: 1)
        add(OutboxOperations.claim(.mail, destination: "", limit: 1, lease: lease, context: context))
        for result in [OutboxResult.delivered, .failed(OutboxFailure("f"))] {
            add(OutboxOperations.settle(key, lease: lease, result, context: context))
        }
        // The row is leased now, and not a minute later.
        let later = OperationContext(now: samples.now + .seconds(60))
        add(OutboxOperations.retry(key, context: later))
        add(OutboxOperations.drop(key, context: later))
        add(OutboxOperations.list(OutboxQuery(lane: .mail, state: .dead)))
        add(OutboxOperations.depths)
        add(UserOperations.user(withID: id))
        add(UserOperations.credential(of: id))
        for identifier in user.identifiers { add(UserOperations.credential(for: identifier, decoy: id)) }
        for name in ["carol", "ADA"] {
            add(
                UserOperations.changeProfile(
                    of: id, by: ProfileChange(username: try? Username(name), email: .some(nil)), context: context))
        }
        add(UserOperations.count)
        add(PasswordOperations.mix)
        add(PasswordOperations.rehash(of: id, from: samples.hash, to: samples.hash))
        add(
            PasswordOperations.replace(
                of: id, PasswordReplacement(expected: samples.hash, new: samples.hash, session: samples.session),
                context: context))
        let actions: [AdministrativeAction] = [
            .setRole(.user), .changePermissions(.grant("notes")), .setActive(false), .delete,
            .ban(until: samples.now), .softDelete,
        ]
        for action in actions {
            add(
                AdministrationOperations.perform(
                    action, on: id, reservingUsernameUntil: samples.now, context: context))
        }
        for sort in UserQuery.SortKey.allCases {
            let cursor = UserCursor(user, sortedBy: sort)
            for start in [UserQuery.Start.beginning, .after(cursor), .offset(3)] {
                add(UserListOperations.page(UserQuery(sort: sort, start: start)))
                add(
                    UserListOperations.page(
                        UserQuery(
                            role: .guest, isActive: true, search: "a", sort: sort, descending: true, start: start)))
            }
        }
        for limit in [nil, SessionLimit(perUser: 1)] {
            add(
                SessionOperations.open(
                    samples.session, expecting: .first, limit: limit, replacing: nil, context: context))
        }
        add(
            SessionOperations.open(
                samples.session, expecting: .first, limit: SessionLimit(perUser: 1), replacing: samples.session.id,
                context: context))
        add(SessionOperations.session(samples.session.id, of: id))
        add(SessionOperations.sessions(of: id, aliveAt: samples.now))
        add(SessionOperations.count(usedSince: samples.now, aliveAt: samples.now))
        for digests in [[], [[1]], [[1], [2]]] as [[[UInt8]]] {
            add(SignInPlaceOperations.remember(digests, of: id, isExpected: false, context: context))
        }
        add(SessionOperations.end(samples.session.id, of: id, reason: .revoked, context: context))
        for kept in [nil, samples.session.id] {
            add(SessionOperations.endAll(of: id, except: kept, reason: .revoked, context: context))
        }
        for proof in [ReauthenticationProof.password(.first), .code(FlowID([1]), [[2]])] {
            add(ReauthenticationOperations.reauthenticate(samples.session.id, of: id, by: proof, context: context))
        }
        for dialect in SQLDialect.allCases {
            add(RefreshOperations.refresh(samples.presented, context: context, in: dialect))
        }
        let use = BucketUse(rule: .init(1, per: .seconds(1)), count: 1, from: samples.now, until: samples.now)
        add(SourceLimitOperations.settle([SourceUse(key: [1], use: use)], at: samples.now))
        add(SigningKeyOperations.keys)
        add(
            SigningKeyOperations.update(context: context) { _ in
                SigningKeyUpdate(put: [samples.key], remove: ["other"])
            })
        add(RoleOperations.roles)
        let changes =
            [RoleChange.remove("editor"), .load([])]
            + ((try? RoleDefinition("editor", permissions: .none)).map { [.define($0)] } ?? [])
        for change in changes {
            add(RoleOperations.change(by: change, under: RoleRules(), context: context))
        }
        let offer = AddressUndoOffer(
            flow: FlowID([9]), token: OutboxToken(digest: [9], content: [2]), codeDigest: [8])
        for purpose in [OneTimeTokenPurpose.addressChange, .addressUndo] {
            let mailed = OneTimeToken(
                digest: [1], purpose: purpose, userID: id, address: "new@example.test", createdAt: samples.now,
                expiresAt: samples.now + .seconds(10))
            let results = Results(samples, token: mailed)
            for code in [[4], [5]] as [[UInt8]] {
                let proof = MailboxProof.linkAndCode(mailed.key, [code])
                add(AddressChangeOperations.confirm(proof, showing: nil, undo: offer, context: context), results)
                add(AddressChangeOperations.undo(proof, context: context), results)
            }
        }
        add(AddressChangeOperations.finalize(id, context: context))
        add(AddressChangeOperations.cancel(id, context: context))
        add(AddressChangeOperations.changes(of: id))
        add(UserOperations.changeProfile(of: id, by: ProfileChange(email: .some(nil)), undo: offer, context: context))
        add(SigningKeyOperations.rootKeyCheck(orStore: [1]))
        add(SigningKeyOperations.replaceRootKeyCheck([1], by: [2]))
        add(ChangeFeedOperations.snapshot(since: samples.now))
        add(ChangeFeedOperations.changes(after: .start, limit: 10))
        add(AuditOperations.record([AuditEvent(.signIn, in: context)]))
        add(AuditOperations.events(AuditQuery()))
        add(
            AuditOperations.events(
                AuditQuery(
                    action: .signIn, actor: id, target: id, wasDone: false, from: samples.now, until: samples.now,
                    before: 3)))
        add(AuditOperations.erasePayload(of: id, context: context))
        let head = AuditHead(segment: 1, link: AuditLink(sequence: 1, digest: [1]))
        add(
            AuditSealOperations.seal(after: head, limit: 10) { events in
                events.map { _ in AuditSeal(link: .start, payloadDigest: [1], salt: [2]) }
            })
        add(AuditSealOperations.state)
        add(AuditSealOperations.unsealedCount)
        add(AuditSealOperations.entries(after: 0, limit: 10))
        let budget = SignInBudgetKey(.user, digest: [1])
        add(SignInLimitOperations.budgets([budget]))
        add(SignInLimitOperations.noteFailure(nil, against: [budget], counts: true, at: samples.now))
        add(SignInLimitOperations.clear(budget))
        add(UpkeepOperations.orphanCount)
        let segment = AuditSegment(
            number: 2, reason: .rootKeyChanged, openedAt: samples.now, author: "authd", found: head)
        add(AuditSegmentOperations.segments)
        add(
            AuditSegmentOperations.open(
                StoredAuditSegment(segment: segment, digest: [1], sealedKey: [2]), after: head,
                recording: AuditEvent(.auditRestoreAccepted, in: context)))
        add(AuditSegmentOperations.reseal(1, from: [1], to: [2]))
        let cut = AuditCut(through: head, cutoff: samples.now, at: samples.now, author: "authd", signedBy: 1)
        add(AuditCutOperations.cuts)
        add(
            AuditCutOperations.cut(
                SignedAuditCut(cut, signature: [1]), after: 1, recording: AuditEvent(.auditCut, in: context)))
        add(UpkeepOperations.purge(expiredAt: samples.now, endedBefore: samples.now, limit: 10))
        add(MigrationLedger.entries)
        return gathered
    }
}

/// Answers statements by what they select.
private struct Results {
    let samples: Statements.Samples
    let token: OneTimeToken
    let flow: MailedFlow
    let knowsIdentity: Bool
    let knowsHolder: Bool

    init(
        _ samples: Statements.Samples, token: OneTimeToken? = nil, flow: MailedFlow? = nil, knowsIdentity: Bool = true,
        knowsHolder: Bool = true
    ) {
        self.samples = samples
        self.token = token ?? samples.token
        self.flow = flow ?? samples.flow
        self.knowsIdentity = knowsIdentity
        self.knowsHolder = knowsHolder
    }

    func result(of statement: Statement) -> SQLResult {
        let text = statement.sql.text
        let values: [SQLValue]
        if let supabase = supabase(text) {
            values = supabase
        } else if text.contains("passwords.hash") {
            values = UserColumns.values(samples.user) + [.text("h"), .text("c")]
        } else if text.hasPrefix("SELECT id, username") {
            values = UserColumns.values(samples.user)
        } else if text.hasPrefix("SELECT id FROM authd.sessions") {
            values = [.id(samples.session.id)]
        } else if text.hasPrefix("SELECT hash") {
            values = [.text("h"), .text("c")]
        } else if text.hasPrefix("SELECT lane, state, count") {
            values = [.text("mail"), .text("due"), .int64(1), .time(samples.now)]
        } else if text.contains("authd.outbox"), text.contains("number") {
            let entry = OutboxEntry(.mail, kind: "k", about: samples.user.id, in: samples.context)
            var row = OutboxRow(number: 1, entry)
            row.lease = OutboxLease(id: Statements.Samples.lease, until: samples.now + .seconds(60))
            values = Array(OutboxColumns.values(entry).prefix(12)) + OutboxColumns.changedValues(row) + [.int64(1)]
        } else if text.hasPrefix("SELECT user_id, number, former") {
            values = samples.addressChange.map { AddressChangeColumns.values($0) } ?? []
        } else if text.hasPrefix("SELECT user_id, id, role") {
            values = InvitationColumns.values(samples.invitation)
        } else if text.hasPrefix("SELECT user_id, id, provider") {
            guard knowsIdentity, let identity = try? samples.identity else { return .none }
            values = IdentityColumns.values(identity)
        } else if text.hasPrefix("SELECT digest, provider") {
            guard let code = try? samples.providerCodes.first else { return .none }
            values = ProviderCodeColumns.values(code)
        } else if text.hasPrefix("DELETE FROM authd.parked_callbacks WHERE state_digest = $1") {
            values = [.bytes([2])]
        } else if text.hasPrefix("SELECT invitations.user_id") {
            values = InvitationColumns.values(samples.invitation) + UserColumns.values(samples.user)
        } else if text.hasPrefix("SELECT user_id, id") {
            values = SessionColumns.values(samples.session)
        } else if text.hasPrefix("SELECT cursor, at_us") {
            let event = AuditEvent(.signIn, in: samples.context)
            values = [.int64(1)] + AuditColumns.values(event) + [.null, .null, .null, .null]
        } else if text.hasPrefix("SELECT segment, sequence, digest FROM") {
            values = [.int64(1), .int64(1), .bytes([1])]
        } else if text.hasPrefix("SELECT user_id FROM authd.identifiers") {
            guard knowsHolder else { return .none }
            values = [.id(samples.user.id)]
        } else if text.hasPrefix("SELECT digest, seen_at_us") {
            values = [.bytes([1]), .time(samples.now - .seconds(100_000)), .null]
        } else if text.contains("authd.sign_in_budgets") {
            values = [.bytes([1]), .int64(0), .int64(0), .int64(0)]
        } else if text.hasPrefix("SELECT user_id, digest") {
            values = OneTimeTokenColumns.values(token)
        } else if text.hasPrefix("SELECT flow, purpose") {
            values = MailedFlowColumns.values(flow)
        } else if text.hasPrefix("SELECT lease FROM authd.mail_requests") {
            values = [.bytes(Statements.Samples.lease)]
        } else if text.contains("UPDATE authd.mail_requests SET attempts") {
            values = MailRequestColumns.values(samples.request, at: samples.now) + [.int64(1)]
        } else if text.hasPrefix("SELECT hourly_full_at_us") {
            values = [.int64(0), .int64(0)]
        } else if text.hasPrefix("SELECT name, description") {
            values = RoleColumns.values(samples.role)
        } else if text.hasPrefix("SELECT id FROM authd.users WHERE role") {
            return SQLResult(rows: [], affectedRows: 0)
        } else if text.hasPrefix("SELECT id, algorithm") {
            values = SigningKeyColumns.values(samples.key)
        } else {
            values = [.int64(1)]
        }
        return SQLResult(rows: [SQLRow(values)], affectedRows: 1)
    }
}

extension Results {
    /// The row of a statement about Supabase's API; `nil` for any other statement.
    private func supabase(_ text: String) -> [SQLValue]? {
        if text.hasPrefix("SELECT users.id") {
            guard let identity = try? samples.identity else { return nil }
            return UserColumns.values(samples.user) + [.id(samples.user.id)] + IdentityColumns.values(identity)
                + [.optional(flow.supabase?.json), .time(samples.now)]
        }
        if text.hasPrefix("SELECT user_id FROM authd.supabase_codes") { return [.id(samples.user.id)] }
        if text.hasPrefix("SELECT digest, user_id, method") {
            return SupabaseCodeColumns.values(samples.supabaseCode)
        }
        if text.hasPrefix("SELECT user_id, address, side") {
            return AddressConfirmationColumns.values(samples.supabaseConfirmation)
        }
        if text.hasPrefix("SELECT id, form") { return SupabaseKeyColumns.values(samples.supabaseKey) }
        if text.hasPrefix("INSERT INTO authd.supabase_budgets") { return [.int64(0), .int64(0)] }
        return nil
    }
}

extension SQLResult {
    /// A result without a row.
    fileprivate static let none = SQLResult(rows: [], affectedRows: 0)
}
