// SPDX-License-Identifier: Apache-2.0

import AuthTestSupport
import Testing

/// Sign-in by programs that others wrote, over real HTTP: Glewlwyd, Canaille and nanoidp.
@Suite("Sign-in by real identity providers", .oneAtATime, .timeLimit(.minutes(10)))
struct ProviderPeerTests {
    /// A provider and a database.
    struct Setting: Sendable, CustomTestStringConvertible {
        let kind: ProviderPeer.Kind
        let database: DatabaseKind

        var testDescription: String { "\(kind) and \(database)" }

        static let all = [
            Setting(kind: .glewlwyd, database: .sqlite), Setting(kind: .glewlwyd, database: .postgres),
            Setting(kind: .canaille, database: .sqlite), Setting(kind: .nanoidp, database: .sqlite),
        ]
    }

    // ASVS 6.8.1
    @Test(
        "users sign up, sign in again, change their address, link and unlink by a provider", arguments: Setting.all)
    func journey(_ setting: Setting) async throws {
        let port = try LoopbackSocket.freePort()
        let publicURL = ProviderStage.localURL(port)
        let peer = try await ProviderPeer(setting.kind, publicURL: publicURL)
        let settings = Installation.offeringProviders(port, publicURL).merging(peer.settings) { $1 }
        try await Installation.with(setting.database, settings) { installation in
            let browser = try ProviderBrowser(in: installation.directory)
            try await installation.serving { daemon in
                let stage = ProviderStage(
                    installation: installation, daemon: daemon, browser: browser, publicURL: publicURL,
                    provider: peer.name)
                let listed = try await daemon.exchange("GET", "/auth/providers")
                #expect(try listed.json["items"]?.array?.compactMap { $0["name"]?.string } == [peer.name], "\(listed)")

                // It asks for consent, with its database in memory until the first user has given it.
                if setting.kind == .canaille { try await Self.refuse(stage) }
                try await Self.signUp(stage, setting.kind, peer)
                try await Self.link(stage)
                try await Self.signInToAddress(stage, setting.kind)
            }
            await browser.stop()
        }
        await peer.stop()
    }

    /// A new user in cookies, the same one with a code in another browser, and again with another address at the provider.
    private static func signUp(_ stage: ProviderStage, _ kind: ProviderPeer.Kind, _ peer: ProviderPeer) async throws {
        let first = try await stage.arrive(as: "ada", withCode: false)
        #expect(first.url == stage.returnTo, "\(first)")
        #expect(first.cookies["authd_access"]?.attributes["httponly"] != nil, "\(first)")
        // The cookie of the flow was there, and is gone.
        #expect(first.cleared.contains { $0.hasPrefix("authd_provider_") }, "\(first)")
        #expect(!first.cookies.keys.contains { $0.hasPrefix("authd_provider_") }, "\(first)")
        let answer = try await stage.daemon.exchange("GET", "/auth/me", fields: [first.cookieField])
        answer.expect(200)
        let ada = try answer.json
        #expect(ada["email"]?.string == (kind.verifiesAddresses ? "ada@\(ProviderPeer.domain)" : nil), "\(answer)")
        #expect(ada["is_verified"] == .bool(kind.verifiesAddresses), "\(answer)")

        let token = try await stage.signIn(as: "ada", browser: "second")
        #expect(try await stage.me(token)["id"] == ada["id"])
        let identities = try await stage.identities(token)
        #expect(identities.count == 1, "\(identities)")
        #expect(identities.first?["provider"]?.string == stage.provider, "\(identities)")
        #expect(identities.first?["email_verified"] == .bool(kind.verifiesAddresses), "\(identities)")

        try await peer.changeAddress(of: "ada", to: "ada@another.example")
        let later = try await stage.signIn(as: "ada", browser: "third")
        #expect(try await stage.me(later)["id"] == ada["id"])
        #expect(try await stage.me(later)["email"] == ada["email"])
        let known = try await stage.identities(later)
        #expect(known.first?["id"] == identities.first?["id"], "\(known)")
        #expect(known.compactMap { $0["email"]?.string } == ["ada@another.example"], "\(known)")

        // It is all that she can sign in with.
        let refused = try await stage.unlink(try #require(known.first), in: later)
        refused.expectProblem(409, "last_way_in")
        _ = try await stage.signIn(as: "ada", browser: "fourth")
    }

    /// A user with a password links an identity, signs in by it, and removes it.
    private static func link(_ stage: ProviderStage) async throws {
        let linus = try await stage.daemon.signUp("linus")
        let other = try await stage.daemon.signUp("other")
        let linked = try await stage.goToLink(linus.access, as: "alan", browser: "linus")
        // Not in another session, and not by a sign-in.
        try await stage.link(linked, in: other.access).expectProblem(400, "provider_flow_invalid")
        try await stage.exchange(code: try #require(linked["code"])).expectProblem(400, "provider_flow_invalid")
        #expect(try await stage.identities(linus.access).isEmpty)
        try await stage.link(linked, in: linus.access).expect(201)
        try await stage.link(linked, in: linus.access).expectProblem(400, "provider_flow_invalid")

        let token = try await stage.signIn(as: "alan", browser: "alan")
        #expect(try await stage.me(token)["id"]?.string == linus.id)
        #expect(try await stage.identities(linus.access).count == 1)
        let events = try await stage.installation.authd(
            "audit", "list", "--action", "identity_linked", "--target", "linus")
        #expect(events.output.contains(linus.id), "\(events)")

        // What another user has is not to be had.
        let taken = try await stage.goToLink(other.access, as: "alan", browser: "other")
        try await stage.link(taken, in: other.access).expectProblem(409, "identity_taken")
        #expect(try await stage.identities(other.access).isEmpty)

        let identity = try #require(try await stage.identities(linus.access).first)
        try await stage.unlink(identity, in: other.access).expect(404)
        try await stage.unlink(identity, in: linus.access).expect(204)
        try await stage.unlink(identity, in: linus.access).expect(404)
        #expect(try await stage.identities(linus.access).isEmpty)
        // Now it is a stranger's.
        let stranger = try await stage.signIn(as: "alan", browser: "alan")
        #expect(try await stage.me(stranger)["id"]?.string != linus.id)
        _ = try await stage.daemon.signIn("linus")
    }

    /// What becomes of a user who registered with the address that the provider tells.
    private static func signInToAddress(_ stage: ProviderStage, _ kind: ProviderPeer.Kind) async throws {
        let registered = try await stage.daemon.exchange(
            "POST", "/auth/register",
            json: """
                {"username":"attacker","email":"grace@\(ProviderPeer.domain)","password":"\(RunningDaemon.password)"}
                """)
        registered.expect(201)
        let attacker = try await stage.daemon.signIn("attacker")
        let arrived = try await stage.arrive(as: "grace", browser: "grace")
        guard kind.verifiesAddresses else {
            // An address that the provider has not verified opens nothing.
            try await stage.exchange(code: try #require(arrived["code"], "\(arrived)"))
                .expectProblem(409, "sign_in_to_link")
            #expect(try await stage.identities(attacker.access).isEmpty)
            return
        }
        let grace = try await stage.exchange(arrived)
        let user = try await stage.me(grace)
        #expect(user["id"]?.string == attacker.id)
        #expect(user["is_verified"] == .bool(true), "\(user)")
        // What was set before the mailbox was proven is void.
        let session = try await stage.daemon.exchange("GET", "/auth/me", token: attacker.access)
        session.expect(401)
        let password = try await stage.daemon.exchange(
            "POST", "/auth/login", json: #"{"username":"attacker","password":"\#(RunningDaemon.password)"}"#)
        password.expect(401)
        #expect(try await stage.identities(grace).count == 1)
    }

    /// A user who refuses consent at the provider.
    private static func refuse(_ stage: ProviderStage) async throws {
        let refused = try await stage.arrive(as: "grace", browser: "refusing", refuses: true)
        #expect(refused.error == "access_denied" && refused["code"] == nil, "\(refused)")
        #expect(refused.cookies.isEmpty, "\(refused)")
    }
}
