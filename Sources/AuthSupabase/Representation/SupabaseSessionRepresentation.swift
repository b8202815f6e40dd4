// SPDX-License-Identifier: Apache-2.0

internal import AuthCore
internal import AuthHTTP
internal import AuthHTTPServer
internal import AuthService

/// The answer to a sign-in and to a refresh.
enum SupabaseSessionRepresentation {
    /// The reply with a session and its user.
    static func reply(_ session: SupabaseSession, _ call: Call) -> Reply {
        call.replies.json { body in
            body.member("access_token", session.accessToken)
            body.member("token_type", "bearer")
            body.member("expires_in", session.expiresIn.components.seconds)
            body.member("expires_at", session.expiresAt.microseconds / 1_000_000)
            body.member("refresh_token", session.refreshToken)
            body.member("user", object: { SupabaseUserRepresentation.write(session.profile, into: &$0) })
            if !session.weakReasons.isEmpty {
                body.member(
                    "weak_password",
                    object: { weak in
                        weak.member("message", "Password does not meet the requirements")
                        weak.member("reasons", session.weakReasons)
                    })
            }
        }
    }

    /// The reply with a user alone.
    static func reply(_ profile: SupabaseProfile, _ call: Call) -> Reply {
        call.replies.json { SupabaseUserRepresentation.write(profile, into: &$0) }
    }
}
