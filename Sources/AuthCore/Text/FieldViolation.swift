// SPDX-License-Identifier: Apache-2.0

/// One fault of one field of a request, as the error body lists it.
public struct FieldViolation: Hashable, Sendable {
    /// The name of the field on the wire.
    public let field: String
    /// The stable word for programs, in snake case.
    public let code: String
    /// One English sentence for people; never contains what was sent.
    public let message: String

    /// Reports a fault that no validated type has a case for.
    public init(field: String, code: String, message: String) {
        self.field = field
        self.code = code
        self.message = message
    }

    /// Reports a value that could not be parsed.
    public init(field: String, _ reason: ValidationError.Reason) {
        self.init(field: field, code: reason.code, message: reason.message)
    }
}
