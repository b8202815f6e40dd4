// SPDX-License-Identifier: Apache-2.0

import AuthCore

/// One thing that a command shows: named values in order, which are a row of a table or an object of JSON.
struct Record: Hashable, Sendable {
    enum Value: Hashable, Sendable {
        case text(String)
        case number(Int64)
        case flag(Bool)
        case list([String])
        case none

        /// Text, or nothing.
        static func optional(_ text: String?) -> Value { text.map(Value.text) ?? Value.none }
        /// A number, or nothing.
        static func optional(_ number: Int64?) -> Value { number.map(Value.number) ?? Value.none }
        /// An instant, or nothing.
        static func optional(_ instant: Timestamp?) -> Value { optional(instant?.rfc3339) }
    }

    struct Field: Hashable, Sendable {
        let name: String
        let value: Value
    }

    let fields: [Field]

    /// Takes the fields in the order in which they are shown.
    init(_ fields: KeyValuePairs<String, Value>) {
        self.fields = fields.map { Field(name: $0.key, value: $0.value) }
    }

    /// Writes the record as an object.
    func write(into writer: inout JSONWriter) {
        writer.object { body in
            for field in fields {
                switch field.value {
                case .text(let text): body.member(field.name, text)
                case .number(let number): body.member(field.name, number)
                case .flag(let flag): body.member(field.name, flag)
                case .list(let texts): body.member(field.name, texts)
                case .none: body.member(orNull: field.name, nil as String?)
                }
            }
        }
    }
}

extension Record.Value {
    /// The value in a cell of a table: on one line, without characters that a terminal obeys, and never empty.
    var cell: String {
        let text =
            switch self {
            case .text(let text): text
            case .number(let number): String(number)
            case .flag(let flag): flag ? "yes" : "no"
            case .list(let texts): texts.joined(separator: " ")
            case .none: ""
            }
        return text.isEmpty ? "-" : Redaction.printable(text)
    }
}
