// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import AuthCore
import Glibc

/// How a command shows what it lists: as a table with a head, or as JSON.
struct ListingOptions: ParsableArguments {
    @Flag(name: .customLong("json"), help: "Prints JSON instead of a table.")
    var isJSON = false

    /// The same for the discussion of a command.
    static let note =
        "The first line of the table names its columns. Cells are separated by tabs, on a terminal they are aligned."

    /// Shows records as a table of their first fields, which have these names, or as an array of objects with all fields.
    func show(_ records: [Record], columns: [String]) {
        let text =
            isJSON
            ? Listing.json(records) : Listing.table(records, columns: columns, isAligned: isatty(STDOUT_FILENO) == 1)
        StandardStream.output.write(Array(text.utf8))
    }

    /// Shows one record: a line for each field, or an object.
    func show(_ record: Record) {
        guard isJSON else {
            for field in record.fields { StandardStream.output.line("\(field.name)\t\(field.value.cell)") }
            return
        }
        StandardStream.output.line(Listing.json(record))
    }
}

/// Lists as text.
enum Listing {
    /// A line with the names of the columns, and a line for each record.
    ///
    /// Columns are aligned for a person, or separated by tabs for a program.
    static func table(_ records: [Record], columns: [String], isAligned: Bool) -> String {
        let rows = [columns] + records.map { record in record.fields.prefix(columns.count).map(\.value.cell) }
        var widths = columns.map(\.count)
        if isAligned {
            for row in rows {
                for (index, cell) in row.enumerated() where index < widths.count {
                    widths[index] = max(widths[index], cell.count)
                }
            }
        }
        return rows.map { row in
            guard isAligned else { return row.joined(separator: "\t") + "\n" }
            var line = ""
            for (cell, width) in zip(row, widths) {
                line += cell + String(repeating: " ", count: max(0, width - cell.count) + 2)
            }
            while line.last == " " { line.removeLast() }
            return line + "\n"
        }.joined()
    }

    /// An array with an object for each record, an element on each line.
    static func json(_ records: [Record]) -> String {
        let elements = records.map { json($0) }
        return elements.isEmpty ? "[]\n" : "[\n" + elements.joined(separator: ",\n") + "\n]\n"
    }

    /// An object, in which characters that a terminal obeys are escaped: what clients sent is shown here, too.
    static func json(_ record: Record) -> String {
        var writer = JSONWriter()
        record.write(into: &writer)
        let text = String(decoding: writer.bytes, as: UTF8.self)
        guard text.utf8.contains(where: { $0 > 0x7E }) else { return text }
        var scalars = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            // Outside of ASCII there are no others than in strings.
            guard scalar.value > 0x7E, Redaction.printable(String(scalar)) != String(scalar) else {
                scalars.append(scalar)
                continue
            }
            for unit in String(scalar).utf16 {
                let digits = String(unit, radix: 16)
                scalars.append(
                    contentsOf: ("\\u" + String(repeating: "0", count: 4 - digits.count) + digits).unicodeScalars)
            }
        }
        return String(scalars)
    }
}
