// SPDX-License-Identifier: Apache-2.0

import AuthCore
import Testing

@Suite("Trust in identity providers")
struct ProviderTrustTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let why: String
        let trust: ProviderTrust
        let email: String?
        var isVerified = true
        var hostedDomain: String?
        var ownsDomain = false
        let proves: Bool
        var testDescription: String { why }
    }

    static let google = [
        Row(why: "Gmail", trust: .google, email: "ada@gmail.com", proves: true),
        Row(why: "Gmail in capitals", trust: .google, email: "Ada@GMAIL.COM", proves: true),
        Row(why: "Gmail, not verified", trust: .google, email: "ada@gmail.com", isVerified: false, proves: false),
        Row(why: "below Gmail", trust: .google, email: "ada@x.gmail.com", proves: false),
        Row(why: "behind Gmail", trust: .google, email: "ada@gmail.com.evil.test", proves: false),
        Row(why: "an address elsewhere, verified", trust: .google, email: "ada@example.test", proves: false),
        Row(
            why: "a hosted domain", trust: .google, email: "ada@example.test", hostedDomain: "Example.Test",
            proves: true),
        Row(
            why: "a hosted domain in other letters", trust: .google, email: "ada@xn--bcher-kva.example",
            hostedDomain: "bücher.example", proves: true),
        Row(
            why: "a hosted domain, not verified", trust: .google, email: "ada@example.test", isVerified: false,
            hostedDomain: "example.test", proves: false),
        Row(
            why: "another hosted domain", trust: .google, email: "ada@example.test", hostedDomain: "evil.test",
            proves: false),
        Row(
            why: "a hosted domain above", trust: .google, email: "ada@mail.example.test", hostedDomain: "example.test",
            proves: false),
        Row(why: "an empty hosted domain", trust: .google, email: "ada@example.test", hostedDomain: "", proves: false),
        Row(why: "no address", trust: .google, email: nil, hostedDomain: "example.test", proves: false),
    ]

    static let others = [
        Row(why: "GitHub", trust: .gitHub, email: "ada@example.test", proves: true),
        Row(why: "GitHub, not verified", trust: .gitHub, email: "ada@example.test", isVerified: false, proves: false),
        Row(why: "Apple", trust: .apple, email: "x@privaterelay.appleid.com", proves: true),
        Row(why: "Apple, not verified", trust: .apple, email: "ada@example.test", isVerified: false, proves: false),
        Row(why: "Microsoft", trust: .microsoft, email: "ada@example.test", proves: false),
        Row(
            why: "Microsoft, domain shown", trust: .microsoft, email: "ada@example.test", isVerified: false,
            ownsDomain: true, proves: true),
        Row(why: "Microsoft, no address", trust: .microsoft, email: nil, ownsDomain: true, proves: false),
        Row(why: "a listed domain", trust: .domains(["example.test"]), email: "ada@Example.TEST", proves: true),
        Row(
            why: "a listed domain in Punycode", trust: .domains(["xn--bcher-kva.example"]), email: "ada@bücher.example",
            proves: true),
        Row(
            why: "a listed domain, shown by a directory", trust: .domains(["example.test"]), email: "ada@example.test",
            isVerified: false, ownsDomain: true, proves: true),
        Row(
            why: "a listed domain, not verified", trust: .domains(["example.test"]), email: "ada@example.test",
            isVerified: false, proves: false),
        Row(
            why: "below a listed domain", trust: .domains(["example.test"]), email: "ada@mail.example.test",
            proves: false),
        Row(why: "another domain", trust: .domains(["example.test"]), email: "ada@evil.test", proves: false),
        Row(why: "no listed domain", trust: .domains([]), email: "ada@example.test", proves: false),
        Row(why: "no address at all", trust: .domains(["example.test"]), email: nil, proves: false),
        Row(
            why: "nothing is trusted", trust: .nothing, email: "ada@gmail.com", hostedDomain: "gmail.com",
            ownsDomain: true, proves: false),
    ]

    @Test("is by domain or for a documented reason", arguments: google + others)
    func table(_ row: Row) throws {
        let profile = try ProviderExamples.profile(
            row.email, isVerified: row.isVerified, hostedDomain: row.hostedDomain, ownsDomain: row.ownsDomain)
        #expect(row.trust.provesAddress(in: profile) == row.proves)
    }
}
