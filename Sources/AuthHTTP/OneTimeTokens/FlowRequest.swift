// SPDX-License-Identifier: Apache-2.0

internal import AuthCore
internal import AuthHTTPServer
internal import AuthService

/// A request for a mail to an address, as the client that begins the flow makes it.
struct FlowRequest: Sendable {
    /// Where the mail goes.
    let email: EmailAddress
    /// The device token of an earlier sign-in, where the route takes one and it was presented.
    let device: DeviceToken?
    /// Whether the handle goes into a cookie.
    let inCookies: Bool
}

extension FlowChannel {
    /// Reads a request for a mail.
    ///
    /// Whether cookies are asked for is decided before the body is read. `devices` is given where the route takes a device
    /// token.
    ///
    /// - Returns: The request, all of whose fields are good.
    /// - Throws: As ``CookieSessions/isAsked(by:)`` and ``Call/fields(_:)``; everything that is wrong with fields, as one
    ///   refusal.
    func asked(_ call: Call, devices: KnownDevice? = nil) throws(Refusal) -> FlowRequest {
        let inCookies = try browsers.isAsked(by: call)
        var fields = try call.fields([.json])
        let email = fields.required("email", EmailAddress.init)
        let device = devices?.channel(call, &fields).presented
        try fields.check()
        guard let email else { throw fields.refusal }
        return FlowRequest(email: email, device: device, inCookies: inCookies)
    }
}
