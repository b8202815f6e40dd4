// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import AuthHTTPServer

@Suite("Request targets") struct RequestTargetTests {
    struct Case: CustomTestStringConvertible {
        let target: String
        let segments: [String]?
        var query: String?
        var testDescription: String { target.debugDescription }
    }

    @Test(
        "have one meaning or are rejected",
        arguments: [
            Case(target: "/", segments: []),
            Case(target: "/a/b", segments: ["a", "b"]),
            Case(target: "/a/b/", segments: ["a", "b"]),
            Case(target: "/a%20b/%C3%A9", segments: ["a b", "é"]),
            Case(target: "/a?x=1&y=/?", segments: ["a"], query: "x=1&y=/?"),
            Case(target: "/a?", segments: ["a"], query: ""),
            Case(target: "http://example.test/a", segments: ["a"]),
            Case(target: "HTTPS://example.test:8000/a?b", segments: ["a"], query: "b"),
            Case(target: "http:///a", segments: nil),
            Case(target: "", segments: nil),
            Case(target: "a", segments: nil),
            Case(target: "*", segments: nil),
            Case(target: "//", segments: nil),
            Case(target: "/a//b", segments: nil),
            Case(target: "/a/../b", segments: nil),
            Case(target: "/a/./b", segments: nil),
            Case(target: "/a/%2e%2E/b", segments: nil),
            Case(target: "/a%2Fb", segments: nil),
            Case(target: "/a%5Cb", segments: nil),
            Case(target: "/a\\b", segments: nil),
            Case(target: "/a%00", segments: nil),
            Case(target: "/a%0d%0ab", segments: nil),
            Case(target: "/a%7F", segments: nil),
            Case(target: "/a%", segments: nil),
            Case(target: "/a%4", segments: nil),
            Case(target: "/a%zz", segments: nil),
            Case(target: "/%C3%28", segments: nil),
            Case(target: "/é", segments: nil),
            Case(target: "/a#b", segments: nil),
            Case(target: "/a?b#c", segments: nil),
            Case(target: "/a b", segments: nil),
        ])
    func parsing(_ example: Case) {
        let target = RequestTarget(example.target)

        #expect(target?.segments == example.segments)
        #expect(target?.query == example.query)
    }
}

@Suite("Forms") struct FormReaderTests {
    @Test("are decoded")
    func decoding() throws {
        let fields = try FormReader.read("username=ada%40example.test&password=a+b%2B&&flag")

        #expect(fields.map(\.name) == ["username", "password", "flag"])
        #expect(fields.map(\.value) == ["ada@example.test", "a b+", ""])
    }

    struct Case: CustomTestStringConvertible {
        let text: String
        let failure: FormReader.Failure
        var testDescription: String { text }
    }

    @Test(
        "that are ambiguous are rejected",
        arguments: [
            Case(text: "a=1&a=2", failure: .repeated(name: "a")),
            Case(text: "a=1&%61=2", failure: .repeated(name: "a")),
            Case(text: "a=%", failure: .malformed),
            Case(text: "a=%4", failure: .malformed),
            Case(text: "a=%FF", failure: .malformed),
            Case(text: (0...64).map { "f\($0)=" }.joined(separator: "&"), failure: .tooMany),
        ])
    func refusals(_ example: Case) {
        #expect(throws: example.failure) { try FormReader.read(example.text[...]) }
    }
}

@Suite("Content types") struct BodyFormatTests {
    struct Case: CustomTestStringConvertible {
        let value: String
        let format: BodyFormat?
        var testDescription: String { value }
    }

    @Test(
        "are recognised with UTF-8 only",
        arguments: [
            Case(value: "application/json", format: .json),
            Case(value: "Application/JSON; charset=UTF-8", format: .json),
            Case(value: "application/json;charset=\"utf-8\"", format: .json),
            Case(value: "application/x-www-form-urlencoded", format: .form),
            Case(value: "application/json; charset=latin1", format: nil),
            Case(value: "application/jsonx", format: nil),
            Case(value: "text/plain", format: nil),
            Case(value: "", format: nil),
        ])
    func recognition(_ example: Case) {
        #expect(BodyFormat(contentType: example.value) == example.format)
    }
}
