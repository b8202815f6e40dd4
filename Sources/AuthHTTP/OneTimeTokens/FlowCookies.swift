// SPDX-License-Identifier: Apache-2.0

package import AuthCore
package import AuthHTTPServer

/// Where a browser keeps the handles of the flows that it began: in one cookie for each action, out of the reach of scripts.
///
/// The cookie of a later flow replaces that of an earlier one, whose link then counts as opened elsewhere. `SameSite=Lax` sends
/// it along when a link in a mail is opened, and with no form of another site.
package struct FlowCookies: Sendable {
    private let isSecure: Bool

    package init(_ configuration: HTTPConfiguration) {
        isSecure = configuration.isSecure
    }

    /// As long as any link may live; the handle of a flow that has ended opens nothing.
    private static let lifetime = Duration.seconds(30 * 86_400)

    /// The handle that a request brings for an action.
    package func handle(of action: MailedAction, in request: Request) -> String? {
        Cookies(request).value(name(of: action)).flatMap { $0.isEmpty ? nil : $0 }
    }

    /// The field that gives a browser the handle of a flow.
    func field(_ handle: String, of action: MailedAction) -> (name: String, value: String) {
        cookie(action, handle, maxAge: Self.lifetime)
    }

    /// The field that removes it.
    package func clearingField(of action: MailedAction) -> (name: String, value: String) {
        cookie(action, "", maxAge: .zero)
    }

    private func name(of action: MailedAction) -> String {
        (isSecure ? "__Host-" : "") + "authd_flow_" + action.rawValue
    }

    private func cookie(
        _ action: MailedAction, _ value: String, maxAge: Duration
    ) -> (name: String, value: String) {
        SetCookie(name: name(of: action), value: value, maxAge: maxAge, sameSite: .lax, secure: isSecure).field
    }
}
