// SPDX-License-Identifier: Apache-2.0

extension ProblemKind {
    /// A few words, the same for every occurrence.
    public var title: String {
        switch self {
        case .malformedRequest: "Malformed request"
        case .malformedJSON: "Malformed JSON"
        case .malformedForm: "Malformed form"
        case .invalidQuery: "Invalid query"
        case .requestTimeout: "Request timeout"
        case .bodyTooLarge: "Body too large"
        case .unsupportedMediaType: "Unsupported media type"
        case .expectationFailed: "Expectation failed"
        case .headersTooLarge: "Header fields too large"
        case .notImplemented: "Not implemented"
        case .versionNotSupported: "HTTP version not supported"
        case .unauthenticated: "Not authenticated"
        case .invalidToken: "Invalid access token"
        case .invalidCredentials: "Invalid credentials"
        case .invalidRefreshToken: "Invalid refresh token"
        case .refreshReused: "Refresh token reused"
        case .insufficientScope: "Insufficient scope"
        case .passwordChangeRequired: "Password change required"
        case .emailNotVerified: "Email not verified"
        case .reauthenticationRequired: "Reauthentication required"
        case .sessionLimitReached: "Session limit reached"
        case .csrfRefused: "Foreign page refused"
        case .cookieModeUnavailable: "Cookies not offered"
        case .ambiguousCredentials: "Ambiguous credentials"
        case .forbidden: "Forbidden"
        case .notFound: "Not found"
        case .methodNotAllowed: "Method not allowed"
        case .validationFailed: "Validation failed"
        case .badToken: "Invalid or expired token"
        case .wrongPassword: "Wrong password"
        case .usernameTaken: "Username taken"
        case .emailTaken: "Email taken"
        case .lastAdmin: "Last administrator"
        case .ownUser: "Own user"
        case .unsupportedGrantType: "Unsupported grant type"
        case .invalidScope: "Invalid scope"
        case .cursorExpired: "Cursor expired"
        case .rateLimited: "Too many requests"
        case .overloaded: "Overloaded"
        case .unavailable: "Unavailable"
        case .shuttingDown: "Shutting down"
        case .mailUnavailable: "Mail unavailable"
        case .internalError: "Internal error"
        }
    }

    /// One sentence for the person at the other end, the same for every occurrence: it never tells one cause of a
    /// problem from another.
    public var detail: String {
        switch self {
        case .malformedRequest: "The request could not be understood."
        case .malformedJSON: "The body is not one JSON object with unique names."
        case .malformedForm: "The body is not a form with unique names."
        case .invalidQuery: "A query parameter is unknown to this route, repeated or out of range."
        case .requestTimeout: "The request did not arrive in time."
        case .bodyTooLarge: "The body is larger than this server accepts."
        case .unsupportedMediaType: "This route does not read bodies of that type."
        case .expectationFailed: "The only expectation that is met is 100-continue."
        case .headersTooLarge: "The header fields are larger or more than this server accepts."
        case .notImplemented: "The only transfer coding that is read is chunked."
        case .versionNotSupported: "This server speaks HTTP/1.1."
        case .unauthenticated: "This route needs an access token."
        case .invalidToken: "Could not validate credentials"
        case .invalidCredentials: "Incorrect username or password"
        case .invalidRefreshToken: "Invalid refresh token"
        case .refreshReused: "The refresh token was used before, so its session has been ended."
        case .insufficientScope: "The access token does not allow this."
        case .passwordChangeRequired: "The password must be changed before anything else."
        case .emailNotVerified: "The email address must be verified first."
        case .reauthenticationRequired: "The current password, or a recent sign-in, is needed for this."
        case .sessionLimitReached: "The user is signed in on as many devices as allowed."
        case .csrfRefused: "The browser did not say that the request comes from a page that is allowed to send it."
        case .cookieModeUnavailable: "Cookies are only offered over HTTPS, or on the same machine."
        case .ambiguousCredentials: "Send either an access token or cookies, not both."
        case .forbidden: "This is not allowed."
        case .notFound: "There is no such resource."
        case .methodNotAllowed: "The resource does not have this method."
        case .validationFailed: "Some fields are missing or not acceptable."
        case .badToken: "Invalid or expired token"
        case .wrongPassword: "Current password is incorrect"
        case .usernameTaken: "A user with this username already exists."
        case .emailTaken: "A user with this email address already exists."
        case .lastAdmin: "The last active administrator cannot be removed, demoted or deactivated."
        case .ownUser: "Administrators cannot do this to themselves."
        case .unsupportedGrantType: "The grant type must be password or absent."
        case .invalidScope: "The scope is malformed or wider than allowed."
        case .cursorExpired: "What followed this cursor is no longer kept."
        case .rateLimited: "Too many requests. Try again later."
        case .overloaded: "The server is busy. Try again later."
        case .unavailable: "The service cannot be reached at the moment. Try again later."
        case .shuttingDown: "This process is about to stop. Send requests to another one."
        case .mailUnavailable: "This needs mail, and the server has no way to send any."
        case .internalError: "The server failed. The request id helps its operator to find out why."
        }
    }

    /// What a developer of a client should know and do, for the error reference.
    public var advice: String {
        switch self {
        case .malformedRequest:
            "The request line or a header field breaks HTTP/1.1, or the path has two readings "
                + "(empty or dot segments, an encoded slash, a broken escape). Sent as it is, it will fail again."
        case .malformedJSON:
            "Bodies are read strictly: one object, UTF-8, no name twice, no trailing text, at most 16 levels deep."
        case .malformedForm:
            "Forms are read strictly: UTF-8, whole percent escapes, no name twice, at most 64 fields."
        case .invalidQuery:
            "`errors` names the parameters. Unknown sort fields and cursors of another list are refused as well."
        case .requestTimeout:
            "The connection was closed. Send the request again on a new one."
        case .bodyTooLarge:
            "The limit is 64 KiB unless configured otherwise."
        case .unsupportedMediaType:
            "Send `Content-Type: application/json`, or `application/x-www-form-urlencoded` where the route reads forms; "
                + "the only charset is UTF-8."
        case .expectationFailed:
            "Leave the `Expect` field out."
        case .headersTooLarge:
            "All header fields together must stay under 32 KiB and 100 fields unless configured otherwise."
        case .notImplemented:
            "Send the body with `Content-Length` or in chunks."
        case .versionNotSupported:
            "Put a proxy that speaks other versions in front."
        case .unauthenticated:
            "Send `Authorization: Bearer` with an access token; `/auth/changes` wants a service's secret in its place."
        case .invalidToken:
            "The access token is malformed, forged, expired or of another kind, or its session has ended. "
                + "Refresh it once; if that fails, sign in again."
        case .invalidCredentials:
            "The same answer for an unknown user, a wrong password and a user who may not sign in."
        case .invalidRefreshToken:
            "The refresh token is malformed, expired or used up, or its session has ended. Sign in again."
        case .refreshReused:
            "Somebody else may hold a copy of the token. Sign in again; if it was not you, change the password."
        case .insufficientScope:
            "`WWW-Authenticate` names the missing scope. Another token may have it; asking again with this one will not help."
        case .passwordChangeRequired:
            "The password was set by somebody else. `POST /auth/password/change` is open, everything else is not."
        case .emailNotVerified:
            "Only where `REQUIRE_VERIFIED_EMAIL` is set: at sign-in, and only if the password is right; and for a user whose "
                + "address an administrator has changed, until the new one is proven."
        case .reauthenticationRequired:
            "To move an address, send the same request to `/users/me` with `current_password`. To end other sessions, sign in "
                + "again and use the new token: a session may do it only for a while after its sign-in "
                + "(`RECENT_SIGN_IN_MINUTES`)."
        case .sessionLimitReached:
            "Only told to who knows the password. Sign out elsewhere, or let an administrator end a session "
                + "(`SESSION_LIMIT_PER_USER`)."
        case .csrfRefused:
            "Whatever cookies authorize needs an `Origin` of `PUBLIC_URL` or in `ALLOWED_ORIGINS`, and a `Sec-Fetch-Site` "
                + "that is not `cross-site`, unless it is a GET. Other clients than browsers should use access tokens."
        case .cookieModeUnavailable:
            "`PUBLIC_URL` begins with `http:` or is not set, and the client is on another machine. Serve over HTTPS, or leave "
                + "`X-Auth-Mode` out."
        case .ambiguousCredentials:
            "Nobody can say which of the two users is meant. Drop the `Authorization` field or the cookies."
        case .forbidden:
            "The rule that refuses does not depend on the token's scope."
        case .notFound:
            "Also the answer for what exists but is not the caller's to know of."
        case .methodNotAllowed:
            "`Allow` lists the methods."
        case .validationFailed:
            "`errors` lists every field that is wrong, each with a code and a message."
        case .badToken:
            "The token from the mail was used, replaced by a newer one, or is too old. Ask for another."
        case .wrongPassword:
            "The current password is needed for this. Wrong ones count towards the limits of signing in."
        case .usernameTaken:
            "Names are compared without regard to case."
        case .emailTaken:
            "Addresses are compared without regard to case. With `REGISTRATION_PRIVACY` neither registering nor changing "
                + "the own address answers it."
        case .lastAdmin:
            "Make somebody else an administrator first."
        case .ownUser:
            "Another administrator can do it."
        case .unsupportedGrantType:
            "These routes are a first-party sign-in that accepts the form of RFC 6749 §4.3, not an OAuth server."
        case .invalidScope:
            "Scopes are names separated by spaces; leave the field out to get all that the role grants."
        case .cursorExpired:
            "Ask without `after`: the answer holds every revocation that an unexpired token may collide with."
        case .rateLimited:
            "Wait as many seconds as `Retry-After` says. Limits count per address, for IPv6 per /64 network; where "
                + "registration is private, changes of a username count per user."
        case .overloaded:
            "Password hashing has a bounded queue, and so have those who wait for changes; it is full. Wait as many seconds "
                + "as `Retry-After` says."
        case .unavailable:
            "The database cannot be reached, or this process lost touch with it. Wait as `Retry-After` says."
        case .shuttingDown:
            "Only `/health/database` answers this, after SIGTERM: other requests are still served. Take the process out of the "
                + "balancer."
        case .mailUnavailable:
            "The operator has to configure a mail server (`SMTP_HOST`)."
        case .internalError:
            "A defect. The log has the cause under the request id that stands in `instance`."
        }
    }
}
