// SPDX-License-Identifier: Apache-2.0

/// What an access token of Supabase's API says: of this service, or of a project at Supabase.
///
/// Times are whole seconds since 1970, as in the JSON. ``SupabaseTokenPolicy`` decides whether the claims are valid now and for
/// this service. Nothing here is an administrator's right: ``role`` names the role of a database.
public struct SupabaseTokenClaims: Hashable, Sendable {
    /// One element of `amr`.
    public struct Method: Hashable, Sendable {
        /// How the user proved who they are, in the contract's words.
        public let name: String
        /// When, in seconds since 1970.
        public let seconds: Int64

        /// Describes one use of a method.
        public init(name: String, seconds: Int64) {
            self.name = name
            self.seconds = seconds
        }
    }

    /// `iss`: who issued the token.
    public var issuer: String
    /// `sub`: the user's id.
    public var subject: String
    /// `aud`: for which service.
    public var audience: String
    /// `exp`: from when on the token is rejected.
    public var expiresAtSeconds: Int64
    /// `iat`: when it was issued.
    public var issuedAtSeconds: Int64
    /// `email`: the user's address; empty for none.
    public var email: String
    /// `phone`: the user's telephone number; empty for none.
    public var phone: String
    /// `app_metadata`: what the operator's services keep about the user.
    public var appMetadata: JSONObject
    /// `user_metadata`: what the user keeps about themselves; it grants nothing.
    public var userMetadata: JSONObject
    /// `role`: the role that a database takes for the request; empty where the token has none.
    public var role: String
    /// `aal`: `aal1` or `aal2`; empty where the token has none.
    public var aal: String
    /// `amr`: how the user proved who they are, the latest first.
    public var methods: [Method]
    /// `session_id`: the session; empty where the token has none.
    public var sessionID: String
    /// `is_anonymous`: whether the user is a guest.
    public var isAnonymous: Bool

    /// States claims that are about to be signed; nothing is checked.
    public init(
        issuer: String, subject: String, audience: String, expiresAtSeconds: Int64, issuedAtSeconds: Int64,
        email: String, phone: String = "", appMetadata: JSONObject, userMetadata: JSONObject, role: String, aal: String,
        methods: [Method], sessionID: String, isAnonymous: Bool
    ) {
        self.issuer = issuer
        self.subject = subject
        self.audience = audience
        self.expiresAtSeconds = expiresAtSeconds
        self.issuedAtSeconds = issuedAtSeconds
        self.email = email
        self.phone = phone
        self.appMetadata = appMetadata
        self.userMetadata = userMetadata
        self.role = role
        self.aal = aal
        self.methods = methods
        self.sessionID = sessionID
        self.isAnonymous = isAnonymous
    }

    /// Reads the payload of a token whose signature is good; claims of other names are ignored.
    ///
    /// `iss`, `sub`, `aud`, `exp` and `iat` must be there; everything else may be absent, or `null`. The audience is a text, or
    /// a list of one.
    ///
    /// - Throws: `.malformed` if it is no JSON object; `.missingClaim`; `.badClaim` for a claim of the wrong type, a required
    ///   one that is empty or `null`, a fraction, or a time before 1970 or after the year 9999.
    public init(payload: [UInt8]) throws(TokenError) {
        let claims = try SupabaseClaimReader(payload)
        issuer = try claims.requiredText("iss")
        subject = try claims.requiredText("sub")
        audience = try claims.audience()
        expiresAtSeconds = try claims.requiredSeconds("exp")
        issuedAtSeconds = try claims.requiredSeconds("iat")
        email = try claims.text("email") ?? ""
        phone = try claims.text("phone") ?? ""
        appMetadata = try claims.object("app_metadata")
        userMetadata = try claims.object("user_metadata")
        role = try claims.text("role") ?? ""
        aal = try claims.text("aal") ?? ""
        methods = try claims.methods()
        sessionID = try claims.text("session_id") ?? ""
        isAnonymous = try claims.flag("is_anonymous")
    }

    /// The claims as JSON text, all of them and in a constant order.
    public func serialized() -> [UInt8] {
        var writer = JSONWriter(reservingCapacity: 768)
        writer.object { claims in
            claims.member("iss", issuer)
            claims.member("sub", subject)
            claims.member("aud", audience)
            claims.member("exp", expiresAtSeconds)
            claims.member("iat", issuedAtSeconds)
            claims.member("email", email)
            claims.member("phone", phone)
            claims.member("app_metadata", .object(appMetadata))
            claims.member("user_metadata", .object(userMetadata))
            claims.member("role", role)
            claims.member("aal", aal)
            claims.name("amr")
            claims.array { list in
                for method in methods {
                    list.object { element in
                        element.member("method", method.name)
                        element.member("timestamp", method.seconds)
                    }
                }
            }
            claims.member("session_id", sessionID)
            claims.member("is_anonymous", isAnonymous)
        }
        return writer.bytes
    }
}
