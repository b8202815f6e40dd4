// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import authd

@Suite("files of settings")
struct EnvironmentFileTests {
    struct Case: CustomTestStringConvertible {
        let line: String
        let value: String
        var testDescription: String { line.debugDescription }
    }

    @Test(
        "a line gives a value",
        arguments: [
            Case(line: "NAME=value", value: "value"),
            Case(line: "  NAME = value  ", value: "value"),
            Case(line: "export NAME=value", value: "value"),
            Case(line: "\texport \t NAME\t=\tvalue", value: "value"),
            Case(line: "NAME=", value: ""),
            Case(line: "NAME=a=b", value: "a=b"),
            Case(line: "NAME=two words", value: "two words"),
            Case(line: "NAME=value # a comment", value: "value"),
            Case(line: "NAME=value#part", value: "value#part"),
            Case(line: "NAME=#nothing", value: ""),
            Case(line: "NAME=it's", value: "it's"),
            Case(line: "NAME=back\\slash", value: "back\\slash"),
            Case(line: "NAME=$HOME", value: "$HOME"),
            Case(line: "NAME='# $HOME \"x\" \\n'", value: "# $HOME \"x\" \\n"),
            Case(line: "NAME='' # empty", value: ""),
            Case(line: "NAME=\" padded \"", value: " padded "),
            Case(line: "NAME=\"a\\nb\\r\\t\\\"\\\\\\$\"", value: "a\nb\r\t\"\\$"),
            Case(line: "NAME=\"a # b\"# c", value: "a # b"),
            Case(line: "NAME=schön 🔑", value: "schön 🔑"),
            Case(line: "NAME=value\r", value: "value"),
            Case(line: "NAME='value'\r", value: "value"),
        ])
    func value(_ example: Case) {
        let file = EnvironmentFile(Array(example.line.utf8))
        #expect(file.problems == [])
        #expect(file.values == ["NAME": example.value])
    }

    struct Problem: CustomTestStringConvertible {
        let text: String
        let sentence: String
        var testDescription: String { text.debugDescription }
    }

    @Test(
        "a line that could be meant in two ways is a problem that names the line and nothing of its content",
        arguments: [
            Problem(text: "hunter2", sentence: ".env line 1 has no =."),
            Problem(
                text: "A=1\n2B=hunter2",
                sentence: ".env line 2 does not begin with a name of letters, digits and underscores."),
            Problem(
                text: "A B=hunter2",
                sentence: ".env line 1 does not begin with a name of letters, digits and underscores."),
            Problem(
                text: "=hunter2",
                sentence: ".env line 1 does not begin with a name of letters, digits and underscores."),
            Problem(
                text: "# c\n\nA='hunter2\nB=1", sentence: ".env line 3 has a quote that does not close on the same line."
            ),
            Problem(text: "A=\"hunter2\\\"", sentence: ".env line 1 has a quote that does not close on the same line."),
            Problem(
                text: "A='it''s'", sentence: ".env line 1 has something other than a comment after the closing quote."),
            Problem(
                text: "A=\"C:\\hunter2\"",
                sentence: ".env line 1 has an escape that is not \\n, \\r, \\t, \\\", \\\\ or \\$; single quotes have none."),
            Problem(text: "A=1\nA=hunter2", sentence: ".env line 2 gives A a second time."),
        ])
    func problem(_ example: Problem) {
        let file = EnvironmentFile(Array(example.text.utf8))
        #expect(file.problems.map(\.sentence) == [example.sentence])
    }

    @Test("all problems are told, and what could be read is there")
    func goesOn() {
        let file = EnvironmentFile(Array("bad\nA=1\n\n# c\nB=\"x\nC=3".utf8), name: "my.env")
        #expect(file.problems.map(\.sentence.prefixOfPlace) == ["my.env line 1", "my.env line 5"])
        #expect(file.values == ["A": "1", "C": "3"])
    }

    @Test("what is no text in UTF-8, has a NUL in it or is too large is refused whole")
    func wholeFile() {
        let notText = EnvironmentFile([0x41, 0x3D, 0xFF])
        #expect(notText.problems.map(\.sentence) == [".env is not a text in UTF-8."])
        #expect(notText.values == [:])
        #expect(EnvironmentFile(Array("A=1\0".utf8)).values == [:])
        let limit = EnvironmentFile.maximumBytes
        #expect(EnvironmentFile([UInt8](repeating: 0x0A, count: limit)).problems == [])
        let tooLarge = EnvironmentFile([UInt8](repeating: 0x0A, count: limit + 1))
        #expect(tooLarge.problems.map(\.sentence) == [".env is larger than 256 KiB."])
    }

    @Test("a byte-order mark is no part of a name, so that it does not hide the first setting in silence")
    func byteOrderMark() {
        let file = EnvironmentFile([0xEF, 0xBB, 0xBF] + Array("SECRET_KEY=x\n".utf8))
        #expect(file.values == [:])
        #expect(file.problems.count == 1)
    }
}

extension String {
    /// The words before the predicate: file and line.
    fileprivate var prefixOfPlace: String { split(separator: " ").prefix(3).joined(separator: " ") }
}
