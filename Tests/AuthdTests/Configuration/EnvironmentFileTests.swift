// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import authd

@Suite("Files of settings")
struct EnvironmentFileTests {
    struct Case: CustomTestStringConvertible {
        let line: String
        let value: String
        var testDescription: String { line.debugDescription }
    }

    @Test(
        "a line gives a value",
        arguments: [
            Case(line: "APP_NAME=value", value: "value"),
            Case(line: "  APP_NAME = value  ", value: "value"),
            Case(line: "export APP_NAME=value", value: "value"),
            Case(line: "\texport \t APP_NAME\t=\tvalue", value: "value"),
            Case(line: "APP_NAME=", value: ""),
            Case(line: "APP_NAME=a=b", value: "a=b"),
            Case(line: "APP_NAME=two words", value: "two words"),
            Case(line: "APP_NAME=value # a comment", value: "value"),
            Case(line: "APP_NAME=value#part", value: "value#part"),
            Case(line: "APP_NAME=#nothing", value: ""),
            Case(line: "APP_NAME=it's", value: "it's"),
            Case(line: "APP_NAME=back\\slash", value: "back\\slash"),
            Case(line: "APP_NAME=$HOME", value: "$HOME"),
            Case(line: "APP_NAME='# $HOME \"x\" \\n'", value: "# $HOME \"x\" \\n"),
            Case(line: "APP_NAME='' # empty", value: ""),
            Case(line: "APP_NAME=\" padded \"", value: " padded "),
            Case(line: "APP_NAME=\"a\\nb\\r\\t\\\"\\\\\\$\"", value: "a\nb\r\t\"\\$"),
            Case(line: "APP_NAME=\"a # b\"# c", value: "a # b"),
            Case(line: "APP_NAME=schön 🔑", value: "schön 🔑"),
            Case(line: "APP_NAME=value\r", value: "value"),
            Case(line: "APP_NAME='value'\r", value: "value"),
        ])
    func value(_ example: Case) {
        let file = EnvironmentFile(Array(example.line.utf8))
        #expect(file.problems == [])
        #expect(file.values == ["APP_NAME": example.value])
    }

    struct Problem: CustomTestStringConvertible {
        let text: String
        let sentence: String
        var testDescription: String { text.debugDescription }
    }

    @Test(
        "an ambiguous line is a problem that names the line and not its content",
        arguments: [
            Problem(text: "PORT", sentence: ".env line 1 has no =."),
            Problem(text: "PORT: hunter2", sentence: ".env line 1 has no =."),
            Problem(text: "export SECRET_KEY hunter2", sentence: ".env line 1 has no =."),
            Problem(
                text: "DEBUG=1\nset PORT=hunter2",
                sentence: ".env line 2 does not begin with a name of letters, digits and underscores."),
            Problem(
                text: "PORT x=hunter2",
                sentence: ".env line 1 does not begin with a name of letters, digits and underscores."),
            Problem(
                text: "\u{A0}PORT=hunter2",
                sentence: ".env line 1 does not begin with a name of letters, digits and underscores."),
            Problem(
                text: "# c\n\nHOST='hunter2\nPORT=1",
                sentence: ".env line 3 has a quote that does not close on the same line."),
            Problem(
                text: "HOST=\"hunter2\\\"", sentence: ".env line 1 has a quote that does not close on the same line."),
            Problem(
                text: "HOST='it''s'",
                sentence: ".env line 1 has something other than a comment after the closing quote."),
            Problem(
                text: "HOST=\"C:\\hunter2\"",
                sentence: #".env line 1 has an escape that is not \n, \r, \t, \", \\ or \$; single quotes have none."#),
            Problem(text: "PORT=1\nPORT=hunter2", sentence: ".env line 2 gives PORT a second time."),
            Problem(
                text: "THEIRS=\"a\nPORT=hunter2\nb\"",
                sentence: ".env line 2 names PORT, but stands in the quoted value that begins in line 1."),
            Problem(
                text: "THEIRS=\"typo\nSECRET_KEY=\"hunter2\"",
                sentence: ".env line 2 names SECRET_KEY, but stands in the quoted value that begins in line 1."),
        ])
    func problem(_ example: Problem) {
        let file = EnvironmentFile(Array(example.text.utf8))
        #expect(file.problems.map(\.sentence) == [example.sentence])
        #expect(!file.foreignNames.contains { $0.name.contains("hunter2") })
    }

    @Test(
        "lines that name no setting are ignored whatever they look like, and those around them are read",
        arguments: [
            "hunter2", "2B=hunter2", "A B=hunter2", "=hunter2", "A='hunter2", "A=\"x\\\"", "A='it''s'", "A=\"C:\\q\"",
            "A=1\nA=2\nA=3", "KEY=\"-----BEGIN X-----\nabc=\n-----END X-----\"", "KEY='a\n\nb' # c", "KEY=`a\nb`",
            "JSON={\n  \"a\": \"b\",\n}", "PORT-NUMBER=1", "my.HOST=1", "HOSTNAME=x", "the PORT is taken", "- PORTX=1",
            "\u{1F600}=x", "A=\"1\\\"\n2\"", "[section]", "a: b", "X=\"\nY='\n\"\nZ='z'",
        ])
    func foreign(_ text: String) {
        for ending in ["\n", "\r\n"] {
            let whole = ["HOST=one", text, "PORT=2", ""].joined(separator: "\n").replacing("\n", with: ending)
            let file = EnvironmentFile(Array(whole.utf8))
            #expect(file.problems == [], "\(file.problems)")
            #expect(file.values == ["HOST": "one", "PORT": "2"])
        }
    }

    @Test("unknown names are reported once, with their first line and without their values")
    func foreignNames() {
        let file = EnvironmentFile(Array("A=hunter2\nexport B_1 = x\nA=y\nC-D=z\n\"q\"=1\n".utf8))
        #expect(
            file.foreignNames == [
                .init(name: "A", line: 1), .init(name: "B_1", line: 2), .init(name: "C-D", line: 4),
            ])
        #expect(!"\(file)".contains("hunter2"))
    }

    @Test("all problems are reported, and the readable settings are read")
    func goesOn() {
        let file = EnvironmentFile(Array("PORT\nHOST=1\n\n# c\nAPP_NAME=\"x\nDEBUG=3".utf8), name: "my.env")
        #expect(file.problems.map(\.sentence.prefixOfPlace) == ["my.env line 1", "my.env line 5"])
        #expect(file.values == ["HOST": "1", "DEBUG": "3"])
    }

    @Test(
        "a setting that is no text in UTF-8 is a problem; a file with a NUL, such as one in UTF-16, or too large, whole"
    )
    func wholeFile() {
        let notText = EnvironmentFile(Array("HOST=x\nPORT=".utf8) + [0xFF])
        #expect(notText.problems.map(\.sentence) == [".env line 2 is not a text in UTF-8."])
        #expect(EnvironmentFile(Array("THEIRS=".utf8) + [0xFF]).problems == [])
        let wide = EnvironmentFile([0xFF, 0xFE] + "PORT=1\n".utf8.flatMap { [$0, 0] })
        #expect(wide.problems.map(\.sentence) == [".env is not a text in UTF-8."])
        #expect(EnvironmentFile(Array("PORT=1\0".utf8)).values == [:])
        let limit = EnvironmentFile.maximumBytes
        #expect(EnvironmentFile([UInt8](repeating: 0x0A, count: limit)).problems == [])
        let tooLarge = EnvironmentFile([UInt8](repeating: 0x0A, count: limit + 1))
        #expect(tooLarge.problems.map(\.sentence) == [".env is larger than 256 KiB."])
    }

    @Test("byte order marks and the line ends of Windows hide no setting")
    func byteOrderMark() {
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        for ending in ["\n", "\r\n"] {
            // Another file that begins with one may have been appended.
            let first = mark + Array("SECRET_KEY=x\(ending)HOST='y'\(ending)".utf8)
            let file = EnvironmentFile(first + mark + Array("  PORT=2\(ending)".utf8))
            #expect(file.problems == [])
            #expect(file.values == ["SECRET_KEY": "x", "HOST": "y", "PORT": "2"])
        }
    }
}

extension String {
    /// The words before the predicate: file and line.
    fileprivate var prefixOfPlace: String { split(separator: " ").prefix(3).joined(separator: " ") }
}
