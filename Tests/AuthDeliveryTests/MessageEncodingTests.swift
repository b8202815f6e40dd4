// SPDX-License-Identifier: Apache-2.0

import AuthCore
import Testing

@testable import AuthDelivery

@Suite("Message encodings")
struct MessageEncodingTests {
    struct Case: CustomTestStringConvertible {
        let input: String
        let output: String
        var testDescription: String { input.debugDescription }
    }

    @Test(
        "base64 of RFC 4648's examples",
        arguments: [
            Case(input: "", output: ""), Case(input: "f", output: "Zg=="), Case(input: "fo", output: "Zm8="),
            Case(input: "foo", output: "Zm9v"), Case(input: "foob", output: "Zm9vYg=="),
            Case(input: "fooba", output: "Zm9vYmE="), Case(input: "foobar", output: "Zm9vYmFy"),
        ])
    func base64(_ example: Case) {
        #expect(Base64.encode(Array(example.input.utf8)) == example.output)
    }

    @Test(
        "quoted-printable keeps ASCII, encodes the rest and ends lines with CRLF",
        arguments: [
            Case(input: "plain", output: "plain\r\n"),
            Case(input: "one\ntwo\r\nthree\r", output: "one\r\ntwo\r\nthree\r\n"),
            Case(input: "a=b", output: "a=3Db\r\n"),
            Case(input: "Grüße", output: "Gr=C3=BC=C3=9Fe\r\n"),
            Case(input: "space \n\ttab\t", output: "space=20\r\n\ttab=09\r\n"),
            Case(input: "\u{0}\u{7F}", output: "=00=7F\r\n"),
            Case(input: "", output: "\r\n"),
            Case(
                input: String(repeating: "x", count: 77),
                output: String(repeating: "x", count: 75) + "=\r\nxx\r\n"),
            Case(input: String(repeating: "x", count: 76), output: String(repeating: "x", count: 76) + "\r\n"),
        ])
    func quotedPrintable(_ example: Case) {
        #expect(QuotedPrintable.encode(example.input) == example.output)
    }

    @Test("no quoted-printable line is longer than 76 characters")
    func lineLength() {
        for length in 0..<400 {
            let line = String(repeating: "aé=", count: length)
            #expect(QuotedPrintable.encode(line).split { $0 == "\r\n" }.allSatisfy { $0.utf8.count <= 76 })
        }
    }

    struct Date: CustomTestStringConvertible {
        let seconds: Int64
        let text: String
        var testDescription: String { text }
    }

    @Test(
        "dates name the right day of the week",
        arguments: [
            Date(seconds: 0, text: "Thu, 1 Jan 1970 00:00:00 +0000"),
            Date(seconds: 951_782_399, text: "Mon, 28 Feb 2000 23:59:59 +0000"),
            Date(seconds: 951_782_400, text: "Tue, 29 Feb 2000 00:00:00 +0000"),
            Date(seconds: 1_763_688_840, text: "Fri, 21 Nov 2025 01:34:00 +0000"),
            Date(seconds: 4_107_542_400, text: "Mon, 1 Mar 2100 00:00:00 +0000"),
            Date(seconds: .max, text: "Fri, 31 Dec 9999 23:59:59 +0000"),
            Date(seconds: .min, text: "Thu, 1 Jan 1970 00:00:00 +0000"),
        ])
    func dates(_ date: Date) {
        #expect(Timestamp(seconds: date.seconds).mailDate == date.text)
    }
}
