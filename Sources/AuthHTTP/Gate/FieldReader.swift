// SPDX-License-Identifier: Apache-2.0

package import AuthCore

/// Reads the fields of a body or query into values, collecting everything that is wrong before anything is refused.
///
/// ```swift
/// var fields = try call.fields([.json])
/// let email = fields.required("email", EmailAddress.init)
/// let name = fields.optional("full_name", FullName.init)
/// try fields.check()
/// guard let email else { throw fields.refusal }
/// ```
///
/// Fields that are not asked for are ignored, so privilege fields in a registration have no effect. `null` counts as
/// absent.
package struct FieldReader {
    private let object: JSONObject
    private let problem: ProblemKind
    package private(set) var violations: [FieldViolation] = []
    /// Whether values are texts that stand for numbers and truth values.
    private let isText: Bool

    init(_ object: JSONObject) {
        self.object = object
        self.problem = .validationFailed
        self.isText = false
    }

    init(_ pairs: [(name: String, value: String)], problem: ProblemKind = .validationFailed) {
        var object = JSONObject()
        for pair in pairs { object[pair.name] = .string(pair.value) }
        self.object = object
        self.problem = problem
        self.isText = true
    }

    /// Whether the field is there and not `null`.
    package func has(_ name: String) -> Bool {
        guard let value = object[name] else { return false }
        return !value.isNull
    }

    /// Whether the field is there, even if it is `null`.
    package func isPresent(_ name: String) -> Bool {
        object[name] != nil
    }

    /// A field that must be there; `nil` leaves a violation behind.
    package mutating func required<Value>(
        _ name: String, _ parse: (String) throws(ValidationError) -> Value
    ) -> Value? {
        guard has(name) else {
            refuse(name, code: "missing", "This field is required.")
            return nil
        }
        return optional(name, parse)
    }

    /// A field that may be absent; `nil` for a present one leaves a violation behind.
    package mutating func optional<Value>(
        _ name: String, _ parse: (String) throws(ValidationError) -> Value
    ) -> Value? {
        guard let text = text(name) else { return nil }
        do throws(ValidationError) {
            return try parse(text)
        } catch {
            refuse(name, code: error.code, error.message)
            return nil
        }
    }

    /// The text of a field as sent.
    package mutating func text(_ name: String) -> String? {
        guard let value = object[name], !value.isNull else { return nil }
        guard let text = value.stringValue else {
            refuse(name, code: "wrong_type", "This field must be a string.")
            return nil
        }
        return text
    }

    /// The text of a field that must be there and not empty.
    package mutating func requiredText(_ name: String) -> String? {
        guard has(name) else {
            refuse(name, code: "missing", "This field is required.")
            return nil
        }
        guard let text = text(name) else { return nil }
        guard !text.isEmpty else {
            refuse(name, code: "missing", "This field must not be empty.")
            return nil
        }
        return text
    }

    /// The texts of a list that must be there and may be empty; a form has none.
    package mutating func requiredTexts(_ name: String) -> [String]? {
        guard has(name) else {
            refuse(name, code: "missing", "This field is required.")
            return nil
        }
        let texts = object[name]?.arrayValue?.map(\.stringValue)
        guard let texts, texts.allSatisfy({ $0 != nil }) else {
            refuse(name, code: "wrong_type", "This field must be a list of strings.")
            return nil
        }
        return texts.compactMap(\.self)
    }

    /// A change of metadata: an object, of which each member is set, or removed if it is `null`.
    package mutating func metadata(_ name: String) -> MetadataPatch? {
        guard let value = object[name], !value.isNull else { return nil }
        guard let members = value.objectValue else {
            refuse(name, code: "wrong_type", "This field must be an object.")
            return nil
        }
        do throws(MetadataFault) {
            return try MetadataPatch(members)
        } catch {
            refuse(name, code: error.code, error.message)
            return nil
        }
    }

    /// A truth value; in forms and queries the words `true` and `false`.
    package mutating func bool(_ name: String) -> Bool? {
        guard let value = object[name], !value.isNull else { return nil }
        switch value {
        case .bool(let bool): return bool
        case .string(let text) where isText && text.hasSameOctets(as: "true"): return true
        case .string(let text) where isText && text.hasSameOctets(as: "false"): return false
        case .null, .number, .string, .array, .object:
            refuse(name, code: "wrong_type", "This field must be true or false.")
            return nil
        }
    }

    /// An integer within bounds.
    package mutating func integer(_ name: String, in range: ClosedRange<Int64>) -> Int64? {
        guard let value = object[name], !value.isNull else { return nil }
        let integer = isText ? value.stringValue.flatMap { Self.decimal($0) } : value.int64Value
        guard let integer else {
            refuse(name, code: "wrong_type", "This field must be an integer.")
            return nil
        }
        guard range.contains(integer) else {
            refuse(name, code: "out_of_range", "This must be from \(range.lowerBound) to \(range.upperBound).")
            return nil
        }
        return integer
    }

    /// One of some words.
    package mutating func choice<Choice: RawRepresentable & CaseIterable>(
        _ name: String, of type: Choice.Type
    ) -> Choice? where Choice.RawValue == String {
        guard let text = text(name) else { return nil }
        guard let choice = Choice(octetsOf: text) else {
            let words = Choice.allCases.map(\.rawValue).joined(separator: ", ")
            refuse(name, code: "unknown_value", "This must be one of: \(words).")
            return nil
        }
        return choice
    }

    /// Adds a violation that the route itself found.
    package mutating func refuse(_ name: String, code: String, _ message: String) {
        violations.append(FieldViolation(field: name, code: code, message: message))
    }

    /// Everything found wrong so far, as one refusal.
    package var refusal: Refusal { Refusal(problem, violations: violations) }

    /// - Throws: ``refusal`` if anything is wrong.
    package func check() throws(Refusal) {
        guard violations.isEmpty else { throw refusal }
    }

    private static func decimal(_ text: String) -> Int64? {
        let octets = text.utf8
        let digits = octets.first == UInt8(ascii: "-") ? octets.dropFirst() : octets[...]
        guard (1...18).contains(digits.count), digits.allSatisfy({ (48...57).contains($0) })
        else { return nil }
        return Int64(text)
    }
}
