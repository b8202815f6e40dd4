// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthHTTPServer
import AuthService
import AuthStore
import AuthTesting
import HTTPTypes
import Testing

@testable import AuthHTTP

/// A user who chooses a username must learn whether it is free; with `REGISTRATION_PRIVACY`, the number of tries is
/// limited.
@Suite("Usernames where registration is private") struct PrivateUsernameTests {
    private func fixture(private isPrivate: Bool = true) async throws -> APIFixture {
        let fixture = try await APIFixture(
            settings: AuthSettings(issuer: "https://auth.example.test", preventsEnumeration: isPrivate))
        for name in ["ada", "bob", "root"] {
            let draft = UserDraft(
                username: try Username(name), email: try EmailAddress("\(name)@example.test"), fullName: nil,
                password: try Password(TestAuthority.password), role: name == "root" ? .admin : .user, isVerified: true)
            _ = try await fixture.service.users.create(
                draft, by: .commandLine, mustChangePassword: false, from: ClientContext())
        }
        return fixture
    }

    @Test(
        "taken and free names together use up one budget of the user, by every route and in every session",
        arguments: ["/users/me", "/users/{id}"])
    func budget(path: String) async throws {
        let fixture = try await fixture()
        let path = path.replacing("{id}", with: try await fixture.id(of: "ada"))
        func change(_ name: String) async throws -> Seen {
            // Another sign-in, from another place, is the same user.
            let attempt = SignInAttempt(
                identifier: "ada@example.test", password: try Password(TestAuthority.password))
            let outcome = try await fixture.service.signIn.withPassword(attempt, from: ClientContext())
            let token = try #require(outcome.tokens).accessToken
            return await fixture.send(.patch, path, #"{"username":"\#(name)"}"#, token: token)
        }
        for (name, status) in [("bob", 409), ("free1", 200), ("root", 409), ("ada", 200)] {
            #expect(try await change(name).status == UInt16(status), "\(name)")
        }
        var admitted = 0
        for number in 0..<40 {
            let seen = try await change(number % 2 == 0 ? "bob" : "free\(number)")
            if seen.code == "rate_limited" {
                #expect(seen["retry-after"] != nil)
            } else {
                admitted += 1
            }
            fixture.authority.clock.advance(by: .seconds(30))
        }
        // Twenty minutes: delays of 1 s to 512 s fit in, and no more.
        #expect((1...12).contains(admitted))
        let refusals = try await fixture.authority.store.auditEvents(before: nil, limit: 1_000).map(\.event)
        let asked = refusals.filter { $0.action == .usernameRequested }.map(\.refusal)
        #expect(asked.contains(nil) && asked.contains("throttled"))
        #expect(refusals.contains { $0.action == .profileChanged && $0.refusal == "identifier_taken" })
    }

    @Test("while the budget is used up a free name and a taken one get the same answer, other fields are changed")
    func alike() async throws {
        let fixture = try await fixture()
        let token = try await fixture.authority.signIn(as: "ada").accessToken
        func change(_ body: String) async -> Seen {
            await fixture.send(.patch, "/users/me", body, token: token, fields: ["X-Request-ID": "same"])
        }
        for _ in 0..<6 { _ = await change(#"{"username":"bob"}"#) }

        let taken = await change(#"{"username":"bob"}"#)
        #expect(taken.status == 429)
        #expect(taken.whole == (await change(#"{"username":"brand-new"}"#)).whole)
        #expect(await change(#"{"full_name":"Ada"}"#).status == 200)
        #expect(await change(#"{"username":"ADA"}"#).status == 200)
        #expect(try await fixture.authority.attempt(signIn: "ada"))
    }

    @Test("administrators, and services without REGISTRATION_PRIVACY, are not limited")
    func elsewhere() async throws {
        let hidden = try await fixture()
        let root = try await hidden.authority.signIn(as: "root").accessToken
        let path = "/users/\(try await hidden.id(of: "ada"))"
        for _ in 0..<20 {
            #expect(await hidden.send(.patch, path, #"{"username":"bob"}"#, token: root).code == "username_taken")
        }
        let open = try await fixture(private: false)
        let token = try await open.authority.signIn(as: "ada").accessToken
        for _ in 0..<20 {
            #expect(await open.send(.patch, "/users/me", #"{"username":"bob"}"#, token: token).code == "username_taken")
        }
    }
}

extension TestAuthority {
    /// Whether the user can sign in.
    fileprivate func attempt(signIn name: String) async throws -> Bool {
        _ = try await service.signIn.withPassword(
            SignInAttempt(identifier: name, password: Password(TestAuthority.password)), from: ClientContext())
        return true
    }
}
