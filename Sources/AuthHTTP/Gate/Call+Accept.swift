// SPDX-License-Identifier: Apache-2.0

internal import AuthHTTPServer

extension Call {
    /// Whether the client wants a page more than JSON, as browsers do.
    var prefersPage: Bool {
        AcceptField.prefersPage(request.fields("accept"))
    }
}
