// SPDX-License-Identifier: Apache-2.0

import AuthCore

/// What is sealed into the cookie of a flow: what is to be known of it when the browser comes back.
struct ProviderFlowContent: Sendable {
    /// How the flow ends.
    enum Mode: Sendable {
        case cookie
        case code(challenge: [UInt8])
        /// In this session of this user; without a challenge the cookies of the session stand for the verifier.
        case link(UserID, SessionID, challenge: [UInt8])
        /// By Supabase's API, whose callback alone takes it.
        case supabase(SupabaseProviderFlow)
    }

    let mode: Mode
    let returnTo: String
    let scope: Scope?
    let isRemembered: Bool

    init(mode: Mode, returnTo: String, scope: Scope?, isRemembered: Bool) {
        self.mode = mode
        self.returnTo = returnTo
        self.scope = scope
        self.isRemembered = isRemembered
    }

    /// Reads what ``octets`` wrote; `nil` for a content of another version.
    init?(_ octets: [UInt8]) {
        guard let object = (try? JSONReader.read(octets))?.objectValue, object["v"]?.int64Value == 1,
            let returnTo = object["to"]?.stringValue, let isRemembered = object["keep"]?.boolValue
        else { return nil }
        var scope: Scope?
        if let text = object["scope"]?.stringValue {
            guard let read = Scope(parsing: text) else { return nil }
            scope = read
        }
        let challenge = object["challenge"]?.stringValue.flatMap { Base64URL.decode($0) }
        let user = object["user"]?.stringValue.flatMap { UserID(parsing: $0) }
        let session = object["session"]?.stringValue.flatMap { SessionID(parsing: $0) }
        if object["sb"]?.boolValue == true {
            guard let flow = SupabaseProviderFlow(challenge: challenge ?? [], user: user, session: session) else {
                return nil
            }
            mode = .supabase(flow)
            self.returnTo = returnTo
            self.scope = scope
            self.isRemembered = isRemembered
            return
        }
        switch (challenge, user, session) {
        case (nil, nil, nil): mode = .cookie
        case (let challenge?, nil, nil): mode = .code(challenge: challenge)
        case (let challenge?, let user?, let session?): mode = .link(user, session, challenge: challenge)
        default: return nil
        }
        self.returnTo = returnTo
        self.scope = scope
        self.isRemembered = isRemembered
    }

    /// The content as it is sealed.
    var octets: [UInt8] {
        var writer = JSONWriter()
        writer.object { body in
            body.member("v", 1 as Int64)
            body.member("to", returnTo)
            body.member("keep", isRemembered)
            if let scope { body.member("scope", scope.description) }
            switch mode {
            case .cookie: break
            case .code(let challenge): body.member("challenge", Base64URL.encode(challenge))
            case .link(let user, let session, let challenge):
                body.member("challenge", Base64URL.encode(challenge))
                body.member("user", user.description)
                body.member("session", session.description)
            case .supabase(let flow):
                body.member("sb", true)
                if !flow.challenge.isEmpty { body.member("challenge", Base64URL.encode(flow.challenge)) }
                if let link = flow.link {
                    body.member("user", link.user.description)
                    body.member("session", link.session.description)
                }
            }
        }
        return writer.bytes
    }
}

/// What is sealed into the ticket by which a browser begins to link, and is good for as long as a flow.
struct ProviderTicket: Sendable {
    let userID: UserID
    let sessionID: SessionID
    let returnTo: String
    /// None where the cookies of the session stand for the verifier.
    let challenge: [UInt8]
    let expiresAt: Timestamp

    init(userID: UserID, sessionID: SessionID, returnTo: String, challenge: [UInt8], expiresAt: Timestamp) {
        self.userID = userID
        self.sessionID = sessionID
        self.returnTo = returnTo
        self.challenge = challenge
        self.expiresAt = expiresAt
    }

    init?(_ octets: [UInt8]) {
        guard let object = (try? JSONReader.read(octets))?.objectValue, object["v"]?.int64Value == 1,
            let userID = object["user"]?.stringValue.flatMap({ UserID(parsing: $0) }),
            let sessionID = object["session"]?.stringValue.flatMap({ SessionID(parsing: $0) }),
            let returnTo = object["to"]?.stringValue,
            let challenge = object["challenge"]?.stringValue.flatMap({ Base64URL.decode($0) }),
            let expiry = object["end"]?.int64Value
        else { return nil }
        self.init(
            userID: userID, sessionID: sessionID, returnTo: returnTo, challenge: challenge,
            expiresAt: Timestamp(microseconds: expiry))
    }

    var octets: [UInt8] {
        var writer = JSONWriter()
        writer.object { body in
            body.member("v", 1 as Int64)
            body.member("user", userID.description)
            body.member("session", sessionID.description)
            body.member("to", returnTo)
            body.member("challenge", Base64URL.encode(challenge))
            body.member("end", expiresAt.microseconds)
        }
        return writer.bytes
    }
}

/// What is sealed and parked of a callback that came as a POST.
extension ProviderCallback {
    /// The longest sealed content that is parked.
    static let maximumParkedBytes = 8_192

    /// The callback that was parked for a state; `nil` for a content of another version.
    init?(parked octets: [UInt8], state: String) {
        guard let object = (try? JSONReader.read(octets))?.objectValue, object["v"]?.int64Value == 1 else { return nil }
        self.init(
            code: object["code"]?.stringValue, error: object["error"]?.stringValue, iss: object["iss"]?.stringValue,
            state: state, user: object["user"]?.stringValue)
    }

    /// The content as it is sealed.
    var parkedOctets: [UInt8] {
        var writer = JSONWriter()
        writer.object { body in
            body.member("v", 1 as Int64)
            if let code { body.member("code", code) }
            if let error { body.member("error", error) }
            if let iss { body.member("iss", iss) }
            if let user { body.member("user", user) }
        }
        return writer.bytes
    }
}
