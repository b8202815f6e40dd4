// SPDX-License-Identifier: Apache-2.0

import NIOHTTP1
import Testing

@testable import AuthHTTPServer

/// Every field that a request is interpreted by, against its grammar: repetition, white space, letter case, quoted
/// strings, parameters, and empty elements of lists.
@Suite("Grammar of header fields")
struct FieldGrammarTests {
    /// Combining marks and scalars that join what follows them to one grapheme cluster.
    static let joiners = ["\u{301}", "\u{600}", "\u{6DD}", "\u{70F}", "\u{200D}", "\u{FE0F}"]

    // MARK: Content-Type

    @Test(
        "a media type is recognised by its octets, whatever its case and its parameters without effect",
        arguments: [
            ("application/json", BodyFormat.json), ("Application/JSON", .json), ("application/json;", .json),
            ("application/json; ;", .json), ("application/json;;charset=utf-8", .json),
            ("application/json ; charset=UTF-8", .json), ("application/json;\tcharset=\"utf-8\"", .json),
            ("application/json; CHARSET=Utf-8", .json), (#"application/json; charset="u\tf-8""#, .json),
            ("application/json; charset=utf-8; charset=UTF-8", .json), ("application/json; profile=\"a;b, c\"", .json),
            ("application/json; v=1", .json), ("application/x-www-form-urlencoded; charset=utf-8", .form),
            ("APPLICATION/X-WWW-FORM-URLENCODED", .form),
        ])
    func mediaTypes(text: String, format: BodyFormat) {
        #expect(BodyFormat(contentType: text) == format)
    }

    @Test(
        "another media type or charset, and a value that breaks the grammar, is none",
        arguments: [
            "", "application", "application/", "/json", "application/ json", "application /json", "text/json",
            "application/json+ld", "application/json, application/json", "application/json charset=utf-8",
            "application/json; charset", "application/json; charset=", "application/json; charset =utf-8",
            "application/json; charset= utf-8", "application/json; =utf-8", "application/json; charset=utf-16",
            "application/json; charset=\"utf-16\"", "application/json; charset='utf-8'",
            "application/json; charset=utf-8; charset=utf-16", "application/json; charset=utf8",
            "application/json; charset=iso-8859-1", "application/json; charset=\"utf-8",
            "application/json; charset=\"utf-8\\",
            "application/json; charset=\"utf-8\"x", "application/json; a=b c", "application/json;\u{600}charset=utf-8",
            "application/json\u{301}; charset=utf-8", "application/json; charset\u{600}=utf-8", "applicatıon/json",
            "application/jſon", "application/json; charset=\"utf-8\u{600}\"",
        ])
    func otherMediaTypes(text: String) {
        #expect(BodyFormat(contentType: text) == nil)
    }

    // MARK: Content-Encoding

    @Test(
        "a body is read where its coding is identity, or none is named",
        arguments: [
            ([], true), (["identity"], true), (["Identity"], true), ([""], true), ([", identity ,"], true),
            (["identity", "identity"], true), (["gzip"], false), (["identity, gzip"], false), (["x"], false),
            (["identity", "br"], false), (["identity;q=1"], false), (["\u{600}identity"], false),
        ] as [([String], Bool)])
    func codings(lines: [String], isRead: Bool) {
        #expect(ContentCoding.isIdentity(lines) == isRead)
    }

    // MARK: If-None-Match

    @Test(
        "an entity tag is found in a list by the weak comparison",
        arguments: [
            (["\"a,b\""], true), (["W/\"a,b\""], true), (["*"], true), ([" * "], false), (["*, \"x\""], false),
            (["\"x\", \"a,b\""], true), ([", \"x\" , , W/\"a,b\" ,"], true), (["\"x\"", "\"a,b\""], true),
            (["\"x\""], false), (["a,b"], false), (["\"a,b"], false), (["w/\"a,b\""], false),
            (["\"x\" \"a,b\""], false),
            (["\"x\"; \"a,b\""], false), ([""], false), ([], false), (["\"A,b\""], false),
            (["\"a,b\u{301}\""], false), (["\"a\u{600},b\""], false),
        ] as [([String], Bool)])
    func entityTags(lines: [String], isNamed: Bool) {
        #expect(EntityTag.isNamed("\"a,b\"", inNoneMatch: lines) == isNamed)
    }

    // MARK: Cookie

    @Test("a cookie's separators are octets, even before combining marks", arguments: joiners)
    func cookieSeparators(joiner: String) {
        func value(_ field: String) -> String? {
            Cookies(Request(method: .get, target: "/", headers: HTTPHeaders([("Cookie", field)]), peer: nil)).value(
                "sid")
        }

        #expect(value("a=\(joiner);sid=abc") == "abc")
        #expect(value("sid=abc;\(joiner)sid=x") == "abc")
        #expect(value("sid\(joiner)=abc") == nil)
        #expect(value("sid=\(joiner)abc")?.utf8.elementsEqual("\(joiner)abc".utf8) == true)
        #expect(value("sid=\"abc\"") == "\"abc\"")
        // Equal to Swift, and not the same octets.
        #expect(value("sid=\u{E9}; sid=e\u{301}") == nil)
    }

    // MARK: Framing

    struct Framing: CustomTestStringConvertible {
        let fields: [(String, String)]
        var persistence: ReplyWriter.Persistence?
        var expectsContinue: Bool?
        var failure: TransportFailure?
        var testDescription: String { fields.map { "\($0.0): \($0.1)" }.joined(separator: " | ") }
    }

    @Test(
        "Connection, Expect, Transfer-Encoding, Content-Length and Host are read by octets",
        arguments: [
            Framing(fields: [("Connection", "close")], persistence: .close),
            Framing(fields: [("Connection", "CLOSE")], persistence: .close),
            Framing(fields: [("Connection", ", x ,\tclose ,")], persistence: .close),
            Framing(fields: [("Connection", "keep-alive"), ("Connection", "close")], persistence: .close),
            Framing(fields: [("Connection", "x,\u{600}close")], persistence: .keepAlive),
            Framing(fields: [("Connection", "x\u{600},close")], persistence: .close),
            Framing(fields: [("Connection", "clo se")], persistence: .keepAlive),
            Framing(fields: [("Connection", "closed")], persistence: .keepAlive),
            Framing(fields: [("Content-Length", "1"), ("Expect", "100-Continue")], expectsContinue: true),
            Framing(fields: [("Content-Length", "1"), ("Expect", ", 100-continue ,")], expectsContinue: true),
            Framing(fields: [("Content-Length", "1"), ("Expect", "")], expectsContinue: false),
            Framing(
                fields: [("Content-Length", "1"), ("Expect", "100-continue"), ("Expect", "100-continue")],
                expectsContinue: true),
            Framing(fields: [("Expect", "100-continue, miracle")], failure: .unsupportedExpectation),
            Framing(fields: [("Expect", "100-continue;q=1")], failure: .unsupportedExpectation),
            Framing(fields: [("Transfer-Encoding", "Chunked")], persistence: .keepAlive),
            Framing(fields: [("Transfer-Encoding", "chunked, chunked")], failure: .unsupportedCoding),
            Framing(fields: [("Transfer-Encoding", "chun\u{212A}ed")], failure: .unsupportedCoding),
            Framing(fields: [("Content-Length", "1, 1")], failure: .malformed),
            Framing(fields: [("Content-Length", "\u{661}")], failure: .malformed),
            Framing(fields: [("Content-Length", "0x1")], failure: .malformed),
            Framing(fields: [("Host", "b")], failure: .malformed),
        ])
    func framing(_ example: Framing) {
        let head = HTTPRequestHead(
            version: .http1_1, method: .POST, uri: "/", headers: HTTPHeaders([("Host", "a")] + example.fields))
        do throws(TransportFailure) {
            let framing = try RequestFraming(head, maximumBodyBytes: 10)
            #expect(example.failure == nil)
            if let persistence = example.persistence { #expect(framing.persistence == persistence) }
            if let expectsContinue = example.expectsContinue { #expect(framing.expectsContinue == expectsContinue) }
        } catch {
            #expect(error == example.failure)
        }
    }

    @Test(
        "a host with anything but a name, an address and a port is refused",
        arguments: [
            ("a", true), ("a.test:8000", true), ("[::1]:80", true), ("", true), ("a%20b", true), ("a b", false),
            ("a/b", false), ("u@a", false), ("a, b", false), ("a?b", false), ("a#b", false), ("a\\b", false),
            ("a\u{301}", false), ("\u{600}a", false), ("a\tb", false),
        ])
    func hosts(value: String, isAccepted: Bool) {
        let head = HTTPRequestHead(
            version: .http1_1, method: .GET, uri: "/", headers: HTTPHeaders([("Host", value)]))

        let framing = try? RequestFraming(head, maximumBodyBytes: 10)

        #expect((framing != nil) == isAccepted)
    }

    // MARK: Origin and X-Request-ID

    @Test("a repeated Origin or X-Request-ID is none")
    func repeatedFields() {
        let fields = ParsedHeaders(
            HTTPHeaders([
                ("Origin", "https://a"), ("X-Request-ID", "1"), ("Origin", "https://a"), ("X-Request-ID", "1"),
            ]))

        #expect(fields.origin == nil && fields.requestID == nil)
    }

    // MARK: Forms

    @Test("names of a form are the same where their octets are")
    func formNames() throws {
        let fields = try FormReader.read("%C3%A9=1&e%CC%81=2")

        #expect(fields.map(\.value) == ["1", "2"])
        #expect(throws: FormReader.Failure.repeated(name: "\u{E9}")) { try FormReader.read("%C3%A9=1&%C3%A9=2") }
    }
}
