// SPDX-License-Identifier: Apache-2.0

import AuthCore
import Testing

@Suite("Rights of Supabase's sessions and keys")
struct SupabaseRightsTests {
    private let now = SupabaseExamples.now
    private let recent = RecentProof(within: .seconds(900), leeway: .seconds(5))

    private func isShown(_ session: Session, by user: User? = nil) throws -> Bool {
        SupabaseProof.isShown(
            by: session, user: try user ?? SupabaseExamples.user(), recent: recent, recovery: .seconds(3_600), at: now)
    }

    @Test("a session proves its user for a while after the sign-in, and no longer")
    func recentSignIn() throws {
        func session(_ age: Duration) -> Session {
            SupabaseExamples.session([.password(at: now - age)], age: age)
        }
        #expect(try isShown(session(.seconds(899))) && isShown(session(.seconds(-5))))
        #expect(try !isShown(session(.seconds(900))) && !isShown(session(.seconds(-6))))
    }

    @Test("a recovery proves its user as long as the link of a reset lives, and no other mail does")
    func recovery() throws {
        for kind in SupabaseMailKind.allCases {
            for isExchange in [true, false] {
                func session(_ age: Duration) -> Session {
                    let name = kind.method(isExchange: isExchange)
                    return SupabaseExamples.session([.supabase(name, at: now - age)], age: age)
                }
                #expect(try isShown(session(.seconds(3_599))) == (kind == .recovery))
                #expect(try !isShown(session(.seconds(3_600))))
            }
        }
        // The latest proof of a session that is older counts, and one from the future does not.
        let late = SupabaseExamples.session([.supabase("sb_otp_recovery", at: now - .seconds(1))], age: .seconds(7_200))
        #expect(try isShown(late))
        let future = SupabaseExamples.session([.supabase("sb_recovery", at: now + .seconds(6))], age: .seconds(7_200))
        #expect(try !isShown(future))
    }

    @Test("a guest has nothing to show")
    func guests() throws {
        let session = SupabaseExamples.session([.anonymous(at: now - .seconds(86_400))], age: .seconds(86_400))
        #expect(try isShown(session, by: SupabaseExamples.guest()))
        #expect(try !isShown(session))
    }

    @Test("users who may do more than those who register are protected from the holders of keys")
    func protection() throws {
        var user = try SupabaseExamples.user()
        for (role, isProtected) in [(.user, false), (.guest, false), (.admin, true), ("editor", true)] as [(Role, Bool)]
        {
            user.role = role
            #expect(SupabaseAdministration.isProtected(user) == isProtected)
        }
        user.role = .user
        user.permissions = "notes"
        #expect(SupabaseAdministration.isProtected(user))
    }

    @Test("a key lives until its end or its revocation, and its use is due once a minute")
    func keys() {
        var key = SupabaseKey(
            id: SupabaseKeyID(UUIDv7(high: 5, low: 5)), form: .opaque, digest: [UInt8](repeating: 1, count: 32),
            name: "default", creator: nil, createdAt: now, expiresAt: now + .seconds(60))

        #expect(key.isLive(at: now) && key.isLive(at: now + .seconds(60) - .microseconds(1)))
        #expect(!key.isLive(at: now + .seconds(60)))
        #expect(key.isUseDue(at: now))
        key.lastUsedAt = now
        #expect(!key.isUseDue(at: now + .seconds(60) - .microseconds(1)) && key.isUseDue(at: now + .seconds(60)))
        key.revokedAt = now
        #expect(!key.isLive(at: now))
        #expect(SupabaseKey.mostLive == 2)
        #expect(SupabaseKeyID(parsing: key.id.description) == key.id)
    }

    @Test("violations of the rules for passwords have the contract's words")
    func passwords() {
        let words: [(PasswordViolation, String)] = [
            (.tooShort(minimum: 8), "length"), (.missingDigit, "characters"), (.missingSymbol, "characters"),
            (.trivial, "characters"), (.builtFrom(.email), "characters"), (.common, "pwned"), (.breached, "pwned"),
        ]
        for (violation, word) in words { #expect(violation.supabaseReason == word) }
    }
}
