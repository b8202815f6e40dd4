// SPDX-License-Identifier: Apache-2.0

internal import AuthCore
internal import AuthHTTPServer
internal import AuthService

/// A pair of tokens as the interface shows one. - Source: RFC 6749 §5.1
enum TokenRepresentation {
    /// Writes a pair; without the tokens themselves where cookies carry them.
    static func write(_ pair: TokenPair, inCookies: Bool = false, into body: inout JSONWriter) {
        if !inCookies {
            body.member("access_token", pair.accessToken)
            body.member("refresh_token", pair.refreshToken)
        }
        body.member("token_type", inCookies ? "cookie" : "bearer")
        body.member("expires_in", pair.expiresIn.components.seconds)
        body.member("scope", pair.scope.description)
    }

    /// The answer to a sign-in: the tokens, a device token and the user.
    ///
    /// The tokens are in cookies where `cookies` is given, which then last longer than the browser where they are to.
    static func signedIn(
        _ pair: TokenPair, _ device: KnownDevice.Channel?,
        in cookies: (browsers: CookieSessions, isRemembered: Bool)? = nil, by call: Call
    ) -> Reply {
        var reply = call.replies.json { body in
            write(pair, inCookies: cookies != nil, into: &body)
            device?.write(pair, into: &body)
            body.name("user")
            UserRepresentation.write(pair.user, into: &body)
        }
        device?.set(pair, on: &reply)
        if let cookies { reply.fields += cookies.browsers.fields(for: pair, isRemembered: cookies.isRemembered) }
        return reply
    }

    static let properties: [Schema.Property] = [
        .required("access_token", .string("The JWT to send as `Authorization: Bearer`.")),
        .required("refresh_token", .string("Can be exchanged once for the next pair.")),
        .required("token_type", .string(choices: ["bearer"])),
        .required("expires_in", .integer("The access token's lifetime in seconds.")),
        .required("scope", .string("The access token's permissions.")),
    ]

    /// The members of a pair whose tokens are in cookies.
    static let cookieProperties: [Schema.Property] = [
        .required("token_type", .string(choices: ["cookie"])),
        .required("expires_in", .integer("The lifetime of the access token in its cookie, in seconds.")),
        .required("scope", .string("The session's permissions.")),
    ]

    static let schema = Schema.object(properties)

    static let cookieSchema = Schema.object(cookieProperties)

    static let example: JSONValue = [
        "access_token": "eyJhbGciOiJFUzI1NiIsInR5cCI6ImF0K2p3dCJ9…", "refresh_token": "art_…",
        "token_type": "bearer", "expires_in": 1800, "scope": "items me",
    ]
}

/// The reply of operations that have no result.
enum MessageRepresentation {
    static let schema = Schema.object([
        .required("message", .string("A sentence for users.")), .required("success", .boolean()),
    ])

    static func example(_ text: String) -> JSONValue {
        ["message": .string(text), "success": true]
    }

    static func reply(_ text: String) -> ReplyDescription {
        .json(.ok, text, .component("Message"), example: example(text))
    }
}
