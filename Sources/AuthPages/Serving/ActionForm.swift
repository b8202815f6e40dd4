// SPDX-License-Identifier: Apache-2.0

internal import AuthCore
internal import AuthHTTP
internal import AuthHTTPServer

/// A form of a page as it was sent; fields that are empty count as absent.
struct ActionForm: Sendable {
    let token: String?
    let handle: String?
    let code: String?
    let password: String?
    let currentPassword: String?

    /// Reads the body of a request.
    ///
    /// - Throws: `.unsupportedMediaType`, `.malformedForm`.
    init(_ call: Call) throws(Refusal) {
        var fields = try call.fields([.form])
        func read(_ field: ActionField) -> String? {
            guard let text = fields.text(field.rawValue), !text.isEmpty else { return nil }
            return text
        }
        token = read(.token)
        handle = read(.handle)
        code = read(.code).flatMap { TypedText.trimmed($0).isEmpty ? nil : $0 }
        // Blanks may be a part of a password.
        password = read(.password)
        currentPassword = read(.currentPassword)
    }
}
