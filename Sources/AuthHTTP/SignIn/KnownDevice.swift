// SPDX-License-Identifier: Apache-2.0

internal import AuthCore
package import AuthHTTPServer
package import AuthService

/// How a device token travels: as a cookie with browsers, in the body with clients that ask for it there.
package struct KnownDevice: Sendable {
    /// Whether clients reach this server over HTTPS.
    let isSecure: Bool
    private let pages: CSRFPolicy

    package init(_ configuration: HTTPConfiguration) {
        pages = CSRFPolicy(configuration)
        isSecure = configuration.isSecure
    }

    /// Where one sign-in gets its device token from and leaves the next one.
    struct Channel {
        /// What was presented, if anything was.
        let presented: DeviceToken?
        /// Whether the client keeps tokens itself.
        fileprivate let isInBody: Bool
        /// The name and security of the cookie; `nil` where none may be set.
        fileprivate let cookie: (name: String, isSecure: Bool)?

        /// Writes the member that a client without cookies has asked for.
        func write(_ pair: TokenPair, into body: inout JSONWriter) {
            guard isInBody, let token = pair.deviceToken else { return }
            body.member("device_token", token.revealed)
        }

        /// Sets the cookie on the reply to a browser.
        func set(_ pair: TokenPair, on reply: inout Reply) {
            guard !isInBody, let cookie, let token = pair.deviceToken else { return }
            reply.fields.append(KnownDevice.field(for: token, in: cookie))
        }
    }

    /// The channel of a call: the body where it has the field `device_token`, be it empty, and the cookie otherwise.
    ///
    /// Over plain HTTP there is a cookie only on the machine itself.
    func channel(_ call: Call, _ fields: inout FieldReader) -> Channel {
        let cookie = cookie(isLocal: pages.isLocal(call))
        let presented = presented(in: call.request, cookie, &fields)
        let isInBody = fields.has("device_token")
        return Channel(presented: presented, isInBody: isInBody, cookie: isInBody ? nil : cookie)
    }

    /// The field that gives a browser a device token as a cookie; `nil` where it may have none.
    package func field(for token: DeviceToken, _ call: Call) -> (name: String, value: String)? {
        cookie(isLocal: pages.isLocal(call)).map { Self.field(for: token, in: $0) }
    }

    /// The same for a browser that has sent a form of one of our own pages.
    package func field(for token: DeviceToken, toFormOf call: Call) -> (name: String, value: String)? {
        cookie(isLocal: pages.isLocalForm(call)).map { Self.field(for: token, in: $0) }
    }

    /// What such a browser presents.
    package func presented(byFormOf call: Call) -> DeviceToken? {
        cookie(isLocal: pages.isLocalForm(call)).flatMap { Cookies(call.request).value($0.name) }.map(DeviceToken.init)
    }

    /// Whether such a browser may have a cookie.
    package func isOffered(toFormOf call: Call) -> Bool {
        cookie(isLocal: pages.isLocalForm(call)) != nil
    }

    fileprivate static func field(
        for token: DeviceToken, in cookie: (name: String, isSecure: Bool)
    ) -> (name: String, value: String) {
        SetCookie(
            name: cookie.name, value: token.revealed, maxAge: DeviceToken.lifetime, sameSite: .lax,
            secure: cookie.isSecure
        ).field
    }

    /// What the channel of a request would bring.
    func presented(by request: Request, from client: ClientAddress, _ fields: inout FieldReader) -> DeviceToken? {
        presented(in: request, cookie(isLocal: pages.isLocal(request, from: client)), &fields)
    }

    /// Whether a request has the cookie.
    func isCookie(in request: Request, from client: ClientAddress) -> Bool {
        cookie(isLocal: pages.isLocal(request, from: client)).flatMap { Cookies(request).value($0.name) } != nil
    }

    private func cookie(isLocal: Bool) -> (name: String, isSecure: Bool)? {
        if isSecure { return ("__Host-authd_device", true) }
        return isLocal ? ("authd_device", false) : nil
    }

    private func presented(
        in request: Request, _ cookie: (name: String, isSecure: Bool)?, _ fields: inout FieldReader
    ) -> DeviceToken? {
        guard fields.has("device_token") else {
            return cookie.flatMap { Cookies(request).value($0.name) }.map(DeviceToken.init)
        }
        let text = fields.text("device_token") ?? ""
        return text.isEmpty ? nil : DeviceToken(text)
    }

    /// The field of a request.
    static let requestProperty = Schema.Property.optional(
        "device_token",
        .string("The device token of the last sign-in, or empty to get a first one; for clients without cookies."))

    /// The member of a reply.
    static let replyProperty = Schema.Property.optional(
        "device_token", .string("To be presented at the next sign-in; only where the request has the field."))
}
