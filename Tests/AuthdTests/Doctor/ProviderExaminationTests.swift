// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthDelivery
import AuthService
import AuthTokens
import Testing

@testable import authd

@Suite("Examination of an identity provider")
struct ProviderExaminationTests {
    private static let now = Timestamp(seconds: 1_800_000_000)
    private static let issuer = "https://sso.example.com/realms/main"
    private static let redirect = "https://id.example.com/auth/providers/corp/callback"

    private static func discovery(issuer: String = issuer, algorithms: String = #""RS256","HS256""#) -> String {
        """
        {"issuer":"\(issuer)","authorization_endpoint":"\(issuer)/auth","token_endpoint":"\(issuer)/token",
        "jwks_uri":"\(issuer)/keys","id_token_signing_alg_values_supported":[\(algorithms)],
        "response_types_supported":["code"],"subject_types_supported":["public"]}
        """
    }

    private static func keys() throws -> String {
        let key = try SigningKey(generating: .es256)
        return String(decoding: JWKSet([try #require(key.publicJWK)]).serialized(), as: UTF8.self)
    }

    private func configured(_ variables: Variables = [:]) throws -> ConfiguredProvider {
        let settings: Variables = [
            "PROVIDERS": "corp", "PROVIDER_CORP_CLIENT_ID": "authd", "PROVIDER_CORP_ISSUER": Self.issuer,
        ]
        let configuration = try DaemonConfiguration.read(settings.merging(variables) { $1 })
        return try #require(configuration.providers.providers.first)
    }

    /// What is found where these documents are.
    private func findings(
        _ documents: [String: String], date: String? = "Fri, 15 Jan 2027 08:00:00 GMT", status: Int = 200
    ) async throws -> [DoctorFinding] {
        let examination = ProviderExamination { url in
            guard let text = documents[url] else { return .failure(.unreachable(diagnostic: "nothing there")) }
            return .success(.init(status: status, body: Array(text.utf8), date: date))
        } now: {
            Self.now
        }
        return await examination.findings(try configured(), redirectURI: Self.redirect)
    }

    private var discoveryURL: String { Self.issuer + "/.well-known/openid-configuration" }

    @Test("a provider that answers as it should has no fault, and the address to register is printed")
    func good() async throws {
        let found = try await findings([discoveryURL: Self.discovery(), Self.issuer + "/keys": Self.keys()])
        #expect(found.allSatisfy { $0.verdict == .ok }, "\(found)")
        #expect(found.map(\.subject) == ["discovery", "keys", "algorithms", "clock", "redirect URI"])
        #expect(found.last?.sentence.hasSuffix(Self.redirect) == true)
        let check = SettingsCheck("provider corp", found)
        #expect(check.outcome == .ok)
    }

    @Test("another issuer, keys that are none, algorithms that are secret and a clock that is off are faults")
    func faults() async throws {
        func subjects(_ found: [DoctorFinding]) -> [String] { found.filter { $0.verdict == .fault }.map(\.subject) }
        let keys = try Self.keys()
        let other = try await findings([
            discoveryURL: Self.discovery(issuer: Self.issuer + "/"), Self.issuer + "/keys": keys,
        ])
        #expect(subjects(other) == ["discovery"])
        #expect(other.first?.sentence.contains(Self.issuer + "/, ") == true, "\(other)")
        #expect(SettingsCheck("provider corp", other).outcome == .failed)
        let empty = try await findings([discoveryURL: Self.discovery(), Self.issuer + "/keys": #"{"keys":[]}"#])
        #expect(subjects(empty) == ["keys"])
        let secret = try await findings([
            discoveryURL: Self.discovery(algorithms: #""HS256""#), Self.issuer + "/keys": keys,
        ])
        #expect(subjects(secret) == ["algorithms"] || subjects(secret) == ["discovery"])
        let late = try await findings(
            [discoveryURL: Self.discovery(), Self.issuer + "/keys": keys], date: "Fri, 15 Jan 2027 08:05:00 GMT")
        #expect(subjects(late) == ["clock"])
        let silent = try await findings([:])
        #expect(subjects(silent) == ["discovery"] && silent.first?.sentence.contains("nothing there") == true)
        let missing = try await findings([discoveryURL: "not found"], status: 404)
        #expect(subjects(missing) == ["discovery"] && missing.first?.sentence.contains("answers 404") == true)
    }

    @Test("a provider without a document is reached at its endpoints")
    func endpoints() async throws {
        let configuration = try DaemonConfiguration.read([
            "PROVIDERS": "github", "PROVIDER_GITHUB_CLIENT_ID": "a", "PROVIDER_GITHUB_CLIENT_SECRET": "b",
        ])
        let github = try #require(configuration.providers.providers.first)
        let reached = ProviderExamination { _ in
            .success(.init(status: 404, body: []))
        } now: {
            Self.now
        }
        let found = await reached.findings(github, redirectURI: Self.redirect)
        #expect(found.map(\.subject) == ["endpoints", "connection", "redirect URI"])
        #expect(found.allSatisfy { $0.verdict == .ok })
        let unreached = ProviderExamination { _ in
            .failure(.timedOut)
        } now: {
            Self.now
        }
        #expect(await unreached.findings(github, redirectURI: Self.redirect).contains { $0.verdict == .fault })
    }

    @Test(
        "the date of an answer is read in the one form that servers write",
        arguments: [
            ("Fri, 15 Jan 2027 08:00:00 GMT", true), ("15 Jan 2027 08:00:00 GMT", false),
            ("Friday, 15-Jan-27 08:00:00 GMT", false), ("Fri, 15 Jan 2027 08:00:00 +0000", false), ("", false),
        ])
    func dates(_ text: String, _ isRead: Bool) {
        #expect((HTTPDate.time(text) == Self.now) == isRead)
    }
}
