// SPDX-License-Identifier: Apache-2.0

import Logging

/// The value of a field of the log: in JSON numbers are numbers, and yes or no is `true` or `false`.
enum LogValue: Hashable, Sendable {
    case text(String)
    case integer(Int64)
    case flag(Bool)

    /// What was logged: `.stringConvertible` of an integer or a boolean keeps its kind, everything else is text.
    init(_ value: Logger.MetadataValue) {
        switch value {
        case .string(let text): self = .text(text)
        case .stringConvertible(let value): self = Self.typed(value)
        case .array, .dictionary: self = .text(value.description)
        }
    }

    /// The value as words.
    var text: String {
        switch self {
        case .text(let text): text
        case .integer(let number): "\(number)"
        case .flag(let flag): "\(flag)"
        }
    }

    private static func typed(_ value: any CustomStringConvertible & Sendable) -> LogValue {
        if let flag = value as? Bool { return .flag(flag) }
        if let number = value as? any BinaryInteger, let number = Int64(exactly: number) { return .integer(number) }
        return .text(value.description)
    }
}
