// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthService
import Testing

@testable import AuthDelivery

@Suite("Words and links in mail")
struct MailWordsTests {
    @Test(
        "people's names are used in the greeting",
        arguments: [
            "Ada", "J.R.R. Tolkien", "José María Aznar-López", "山田 太郎", "O'Brien, Jr.", "Dr. No", "Ştefan 2.",
        ])
    func goodNames(_ name: String) {
        #expect(GreetingName(name)?.text == name)
    }

    @Test(
        "offers and links are not used in the greeting",
        arguments: [
            "", "   ", "123", "Win at evil.test", "http://evil", "ada@evil", "www。evil。test", "<b>Ada</b>",
            "Ada\nHello",
            "a\u{202E}b", "Get 50% off", String(repeating: "a", count: 61),
        ])
    func badNames(_ name: String) {
        #expect(GreetingName(name) == nil)
    }

    struct Lifetime: CustomTestStringConvertible {
        let seconds: Int64
        let words: String
        var testDescription: String { "\(seconds)" }
    }

    @Test(
        "a stated lifetime is never longer than the real one",
        arguments: [
            Lifetime(seconds: -1, words: "0 seconds"), Lifetime(seconds: 1, words: "1 second"),
            Lifetime(seconds: 59, words: "59 seconds"), Lifetime(seconds: 60, words: "1 minute"),
            Lifetime(seconds: 119, words: "1 minute"), Lifetime(seconds: 900, words: "15 minutes"),
            Lifetime(seconds: 3599, words: "59 minutes"), Lifetime(seconds: 3600, words: "1 hour"),
            Lifetime(seconds: 5400, words: "90 minutes"), Lifetime(seconds: 86_400, words: "24 hours"),
            Lifetime(seconds: 172_799, words: "47 hours"), Lifetime(seconds: 172_800, words: "2 days"),
            Lifetime(seconds: .max, words: "106751991167300 days"),
        ])
    func lifetimes(_ lifetime: Lifetime) {
        #expect(ExpiryWords.words(for: .seconds(lifetime.seconds), in: .english) == lifetime.words)
    }

    @Test(
        "lifetimes have words in German",
        arguments: [
            Lifetime(seconds: 1, words: "1 Sekunde"), Lifetime(seconds: 59, words: "59 Sekunden"),
            Lifetime(seconds: 60, words: "1 Minute"), Lifetime(seconds: 900, words: "15 Minuten"),
            Lifetime(seconds: 3600, words: "1 Stunde"), Lifetime(seconds: 86_400, words: "24 Stunden"),
            Lifetime(seconds: 604_800, words: "7 Tage"),
        ])
    func germanLifetimes(_ lifetime: Lifetime) {
        #expect(ExpiryWords.words(for: .seconds(lifetime.seconds), in: .german) == lifetime.words)
    }

    @Test("a lifetime in minutes is rounded down")
    func minutes() {
        #expect(ExpiryWords.minutes(of: .seconds(119)) == "1")
        #expect(ExpiryWords.minutes(of: .seconds(-1)) == "0")
    }

    @Test("the service's own pages stand below the public URL, and the token in their query")
    func ownPages() throws {
        let links = try #require(ActionLinks(publicURL: "https://auth.example.test/base/"))
        #expect(
            links.url(of: .signIn, carrying: "a&b=c#d")
                == "https://auth.example.test/base/actions/sign-in?token=a%26b%3Dc%23d")
        for url in ["", "/auth", "http://auth.example.test", "https://auth.example.test/?a=b", "https://a.test/#b"] {
            #expect(ActionLinks(publicURL: url) == nil, "\(url)")
        }
    }

    @Test(
        "pages that cannot carry a token safely are refused",
        arguments: [
            "", "app.example.test", "/reset", "http://app.example.test/", "https://app.example.test/#here",
            "https://user:secret@app.example.test/", "https://app.example.test/\" onclick=", "javascript:alert(1)",
            "https://app.example.test/a b", "ftp://app.example.test/", "https://", "http://127.0.0.1.evil.test/",
            "https://app.example.test/\r\nBcc:", "https://exämple.test/",
        ])
    func badLinks(_ page: String) {
        #expect(MailLink(page) == nil)
    }

    @Test(
        "pages over HTTPS, and over HTTP on this machine, are taken as they are",
        arguments: ["https://app.example.test", "https://app.example.test:8443/a?b=c", "http://localhost:3000/reset"])
    func goodLinks(_ page: String) {
        #expect(MailLink(page)?.url(carrying: "a.b_c") == page + "#token=a.b_c")
    }

    @Test("loopback addresses are distinguished from look-alikes")
    func loopback() {
        for host in ["localhost", "LOCALHOST", "127.0.0.1", "127.255.1.2", "::1", "[::1]"] {
            #expect(LoopbackHost.contains(host), "\(host)")
        }
        let others = [
            "", "localhost.evil.test", "127.0.0.1.evil.test", "127.1", "127.0.0.256", "127.0.0.+1", "10.0.0.1",
        ]
        for host in others {
            #expect(!LoopbackHost.contains(host), "\(host)")
        }
    }

    @Test("a token is redacted in every description")
    func redaction() {
        let token = MailToken("prt_geheim")
        let message = MailMessage.passwordReset(token: token, validFor: .seconds(1))
        var dumped = ""
        dump(message, to: &dumped)

        for text in ["\(token)", String(reflecting: message), "\(message)", dumped] {
            #expect(!text.contains("geheim"))
        }
        #expect(token.revealed == "prt_geheim")
    }
}
