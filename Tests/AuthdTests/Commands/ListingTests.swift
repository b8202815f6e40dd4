// SPDX-License-Identifier: Apache-2.0

import AuthCore
import Testing

@testable import authd

@Suite("Lists of commands")
struct ListingTests {
    private static let records = [
        Record(["id": .number(7), "name": .text("ada"), "at": .none, "agent": .text("curl")]),
        Record(["id": .number(12), "name": .text("grace\tbrewster\u{1B}[2J"), "at": .text(""), "agent": .text("-")]),
    ]

    @Test("have a head, and a cell is one line without characters that a terminal obeys")
    func table() {
        let text = Listing.table(Self.records, columns: ["id", "name", "at"], isAligned: false)
        #expect(text == "id\tname\tat\n7\tada\t-\n12\tgrace\u{FFFD}brewster\u{FFFD}[2J\t-\n")
        #expect(Listing.table([], columns: ["id", "name"], isAligned: false) == "id\tname\n")
    }

    @Test("are aligned on a terminal, without blanks at the ends of lines")
    func aligned() {
        let text = Listing.table([Self.records[0]], columns: ["id", "name", "at"], isAligned: true)
        #expect(text == "id  name  at\n7   ada   -\n")
    }

    @Test("are JSON with every field, which reads back as what was put in")
    func json() throws {
        let value = try JSONReader.read(Array(Listing.json(Self.records).utf8))
        let objects = try #require(value.arrayValue)
        #expect(objects.count == 2)
        let second = try #require(objects[1].objectValue)
        #expect(second["name"]?.stringValue == "grace\tbrewster\u{1B}[2J" && second["id"]?.int64Value == 12)
        #expect(
            objects[0].objectValue?["at"]?.isNull == true && objects[0].objectValue?["agent"]?.stringValue == "curl")
        #expect(Listing.json([]) == "[]\n")
    }

    @Test("are JSON with what a terminal acts on escaped, and with every character for a program")
    func escapes() throws {
        let agent = "Ä\u{9B}2J\u{202E}\u{E0001}\u{7F}\""
        let text = Listing.json(Record(["agent": .text(agent)]))
        #expect(text == #"{"agent":"Ä\u009b2J\u202e\udb40\udc01\u007f\""}"#)
        #expect(try JSONReader.read(Array(text.utf8)).objectValue?["agent"]?.stringValue == agent)
    }
}
