// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthStore

/// The columns of a code of a provider's callback, in the order in which statements name and read them.
enum ProviderCodeColumns {
    /// The columns that make a code.
    static let list = SQLColumns(
        """
        digest, provider, user_id, session_id, challenge, profile, scope, source, expires_at_us, wrong_verifiers
        """)

    /// The code in a row.
    static func code(in row: SQLRow) throws(StoreError) -> ProviderCode {
        guard let provider = ProviderName(parsing: try row.text(1)), let profile = profile(from: try row.text(5))
        else { throw .corrupt("the provider or the profile of a code is not a valid one") }
        var purpose = ProviderCode.Purpose.signIn
        if let user = try row.optionalUUID(2), let session = try row.optionalUUID(3) {
            purpose = .link(UserID(user), SessionID(session))
        }
        let scope = try row.optionalText(6).map { (text) throws(StoreError) in
            guard let scope = Scope(parsing: text) else { throw .corrupt("the scope of a code is not a valid one") }
            return scope
        }
        return ProviderCode(
            digest: try row.bytes(0), purpose: purpose, challenge: try row.bytes(4), provider: provider,
            profile: profile, scope: scope, source: try row.optionalText(7), expiresAt: try row.time(8),
            wrongVerifiers: try row.int64(9))
    }

    /// The values of ``list``.
    static func values(_ code: ProviderCode) -> [SQLValue] {
        var user: UserID?
        var session: SessionID?
        if case .link(let userID, let sessionID) = code.purpose { (user, session) = (userID, sessionID) }
        return [
            .bytes(code.digest), .text(code.provider.text), .id(user), .id(session), .bytes(code.challenge),
            .text(text(of: code.profile)), .optional(code.scope?.description), .optional(code.source),
            .time(code.expiresAt), .int64(code.wrongVerifiers),
        ]
    }

    /// JSON: what a provider says can have octets that no column of text has.
    static func text(of profile: ProviderProfile) -> String {
        var writer = JSONWriter()
        writer.object { object in
            object.member("issuer", profile.subject.issuer)
            object.member("subject", profile.subject.subject)
            object.member(ifPresent: "email", profile.email?.original)
            object.member("email_is_verified", profile.emailIsVerified)
            object.member(ifPresent: "full_name", profile.fullName)
            object.member(ifPresent: "hosted_domain", profile.hostedDomain)
            object.member("domain_owner_verified", profile.domainOwnerVerified)
        }
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    /// The profile that ``text(of:)`` wrote; `nil` for anything else.
    static func profile(from text: String) -> ProviderProfile? {
        guard let object = (try? JSONReader.read(Array(text.utf8)))?.objectValue,
            let issuer = object["issuer"]?.stringValue, let name = object["subject"]?.stringValue,
            let subject = ProviderSubject(issuer: issuer, subject: name),
            let emailIsVerified = object["email_is_verified"]?.boolValue,
            let domainOwnerVerified = object["domain_owner_verified"]?.boolValue
        else { return nil }
        var email: EmailAddress?
        if let address = object["email"]?.stringValue {
            guard let parsed = try? EmailAddress(address) else { return nil }
            email = parsed
        }
        return ProviderProfile(
            subject: subject, email: email, emailIsVerified: emailIsVerified,
            fullName: object["full_name"]?.stringValue, hostedDomain: object["hosted_domain"]?.stringValue,
            domainOwnerVerified: domainOwnerVerified)
    }
}
