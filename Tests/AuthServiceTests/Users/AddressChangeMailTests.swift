// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthService
import AuthStore
import AuthTesting
import Testing

/// What becomes of mails that were on their way, or in a mailbox, when the address changed.
@Suite("Change of address beside other mails")
struct AddressChangeMailTests {
    private static let mailed: [MailTemplate] = [.passwordReset, .signIn, .unlock]

    /// How an address comes to be another one, or none.
    enum Change: String, CaseIterable, Sendable, CustomTestStringConvertible {
        case confirmed, byAdministrator, removed
        var testDescription: String { rawValue }
    }

    /// Every proof that a mail to Ada's address and the answer to its request allow.
    private func proofs(
        _ handle: FlowHandle, _ template: MailTemplate, _ fixture: AddressChangeFixture
    ) async throws -> [ActionProof] {
        let message = try await fixture.authority.message(template, to: "ada")
        let (token, code) = (try #require(message.token), try #require(message.typedCode))
        return [
            ActionProof(token: token), ActionProof(token: token, handle: handle.revealed),
            ActionProof(token: token, code: code), ActionProof(handle: handle.revealed, code: code),
        ]
    }

    // Behaviour F90
    @Test(
        "a change voids every link and code that was mailed to the former address, and what is on its way there",
        arguments: Change.allCases)
    func formerMails(_ change: Change) async throws {
        let fixture = try await AddressChangeFixture()
        let (authority, service) = (fixture.authority, fixture.authority.service)
        let ada = try authority.address("ada")
        let resets = try await proofs(
            service.passwords.requestReset(of: ada, from: client), .passwordReset, fixture)
        let signIns = try await proofs(service.signIn.requestMail(to: ada, from: client), .signIn, fixture)
        let unlocks = try await proofs(service.signIn.requestUnlock(of: ada, from: client), .unlock, fixture)
        _ = try await service.invitations.invite(
            InvitationDraft(email: ada, role: .admin), by: .commandLine, from: client)
        let invitation = try await authority.message(.invitation, to: "ada")
        let asked = try await fixture.ask(for: "lovelace")
        // One mail waits for the mail server, and one request to be looked up.
        authority.mailer.fail(with: [.unavailable(diagnostic: "down")])
        _ = try await service.passwords.requestReset(of: ada, from: client)
        await service.completeDeferredWork()
        _ = try await service.signIn.requestMail(to: ada, from: client)
        #expect(authority.mailer.messages(to: ada).count { Self.mailed.contains($0.template) } == 3)

        switch change {
        case .confirmed: try await fixture.users.confirmAddressChange(asked.here, from: client)
        case .byAdministrator:
            _ = try await fixture.users.update(
                try await fixture.stored().id, by: ProfileChange(email: try authority.address("lovelace")),
                administrator: .commandLine, from: client)
        case .removed:
            _ = try await fixture.users.updateProfile(
                of: try await fixture.principal(), by: ProfileChange(email: .some(nil)),
                confirmedBy: try Password(TestAuthority.password), from: client)
        }
        for _ in 0..<3 {
            authority.clock.advance(by: .seconds(60))
            await service.completeDeferredWork()
        }

        #expect(authority.mailer.messages(to: ada).count { Self.mailed.contains($0.template) } == 3)
        let new = try Password("another fine password")
        for proof in resets {
            await #expect(throws: AuthError.invalidOneTimeToken) {
                try await service.passwords.confirmReset(proof, newPassword: new, from: client)
            }
        }
        for proof in signIns {
            await #expect(throws: AuthError.invalidOneTimeToken) {
                try await service.signIn.withMail(proof, from: client)
            }
        }
        for proof in unlocks {
            await #expect(throws: AuthError.invalidOneTimeToken) {
                try await service.signIn.unlock(proof, from: client)
            }
        }
        await #expect(throws: AuthError.invalidOneTimeToken) {
            try await service.invitations.accept(
                ActionProof(token: invitation.token, code: invitation.typedCode), from: client)
        }
        _ = try await authority.attempt("ada")
    }

    // Behaviour F89
    @Test("of changes that race, only an address whose own mailbox was proven, and that is asked for still, counts")
    func race() async throws {
        for _ in 0..<8 {
            let fixture = try await AddressChangeFixture()
            let asked = [
                ("first", try await fixture.ask(for: "first")), ("second", try await fixture.ask(for: "second")),
            ]
            let principal = try await fixture.principal()

            let proven = await withTaskGroup(of: String?.self) { group in
                for (name, asked) in asked {
                    group.addTask {
                        let user = try? await fixture.users.confirmAddressChange(asked.here, from: client)
                        return user == nil ? nil : name
                    }
                }
                group.addTask {
                    _ = try? await fixture.propose("third", by: principal)
                    return nil
                }
                return await group.reduce(into: [String]()) { names, name in
                    if let name { names.append(name) }
                }
            }

            let ada = try await fixture.stored()
            // The second request has voided the first, and the third voids the second unless that was faster.
            #expect(proven.isEmpty || proven == ["second"], "\(proven)")
            #expect(ada.email?.canonical == (proven.isEmpty ? "ada@example.test" : "second@example.test"))
            #expect(ada.isVerified)
        }
    }
}
