// SPDX-License-Identifier: Apache-2.0

public import AuthCore
import AuthStore

/// What a client asks to be mailed, as the details of a request that was written before anything was looked up.
struct SupabaseMailRequest: Sendable {
    /// `magicLink` stands for a code, which is one of `signup` for users who have not confirmed.
    let kind: SupabaseMailKind
    let redirectTo: String
    let challenge: [UInt8]
    /// The user who is made where there is none; without a password for one who asks for a code.
    let registering: StoredRegistration?
    /// The metadata of that user.
    let metadata: String
    /// Whether a user without a password is made where there is none.
    let creates: Bool
    let locale: LanguageTag?

    init(
        _ kind: SupabaseMailKind, redirectTo: String, challenge: [UInt8], registering: StoredRegistration? = nil,
        metadata: String = "{}", creates: Bool = false, locale: LanguageTag? = nil
    ) {
        self.kind = kind
        self.redirectTo = redirectTo
        self.challenge = challenge
        self.registering = registering
        self.metadata = metadata
        self.creates = creates
        self.locale = locale
    }

    /// Reads a request; `nil` where its details are of a version that this one cannot read.
    init?(_ request: MailRequest, address: EmailAddress) {
        let details = request.details
        guard let kind = details["kind"].flatMap({ SupabaseMailKind(octetsOf: $0) }),
            let redirectTo = details["redirect_to"],
            let challenge = Base64URL.decode(details["challenge"] ?? "")
        else { return nil }
        self.init(
            kind, redirectTo: redirectTo, challenge: challenge,
            registering: StoredRegistration(request, address: address), metadata: details["data"] ?? "{}",
            creates: details["create"] != nil, locale: details["locale"].flatMap { LanguageTag($0) })
    }

    var details: [String: String] {  // own text
        var details = registering?.details ?? [:]
        details["kind"] = kind.rawValue
        details["redirect_to"] = redirectTo
        details["challenge"] = Base64URL.encode(challenge)
        details["data"] = metadata
        if creates { details["create"] = "true" }
        if let locale { details["locale"] = locale.text }
        return details
    }
}

extension SupabaseService {
    /// Writes a request about an address, which the worker answers.
    func request(
        _ order: SupabaseMailRequest, about address: EmailAddress, from client: ClientContext,
        _ context: OperationContext
    ) async throws(SupabaseError) {
        _ = try await native(at: .other) { () async throws(AuthError) in
            try await mail.request(.supabase, about: address, details: order.details, from: client, context)
        }
    }

    /// Mails a code and a link with which the owner of an address signs in; a user is made where there is none and `createsUser`
    /// says so.
    ///
    /// To prevent user enumeration, the answer comes before anything is looked up. Where no user may be made, an unknown address is
    /// told so, unless registration is private.
    ///
    /// - Throws: `.validation`, `.phoneProviderDisabled`, `.emailProviderDisabled`, `.otpDisabled`, `.signUpDisabled`,
    ///   `.mailTooOften`, `.service`.
    public func requestOTP(
        _ contact: SupabaseContact, createsUser: Bool, data: JSONObject?, returning: SupabaseReturn,
        locale: LanguageTag?, from client: ClientContext
    ) async throws(SupabaseError) {
        let settings = try settings
        let address = try contact.address()
        guard mail.canSend else { throw .emailProviderDisabled }
        let metadata = try Self.metadata(data)
        let context = core.context(client)
        let refusal = core.settings.registration.refusal(of: address)
        let creates = createsUser && refusal == nil
        let wait = try await admitMail(.magicLink, to: address, at: context.now)
        if !creates, !core.settings.preventsEnumeration {
            let found = try await native(at: .other) { () async throws(AuthError) in
                try await core.credential(for: .email(address))
            }
            guard found != nil else {
                guard createsUser else { throw .otpDisabled }
                throw refusal == .otherDomain ? .validation(SupabaseSentence.otherDomain) : .signUpDisabled
            }
        }
        try await request(
            SupabaseMailRequest(
                .magicLink, redirectTo: returning.target(by: settings.redirects).text, challenge: returning.challenge,
                metadata: metadata.text, creates: creates, locale: locale),
            about: address, from: client, context)
        if let wait { throw .mailTooOften(seconds: wait) }
    }

    /// Mails a link and a code that open a session in which a new password can be set.
    ///
    /// The answer is the same for known and unknown addresses.
    ///
    /// - Throws: `.validation`, `.phoneProviderDisabled`, `.emailProviderDisabled`, `.mailTooOften`, `.service`.
    public func recover(
        _ contact: SupabaseContact, returning: SupabaseReturn, from client: ClientContext
    ) async throws(SupabaseError) {
        try await requestMail(.recovery, contact, returning, client)
    }

    /// Mails what confirms a sign-up, or a change of address, once more.
    ///
    /// - Throws: `.validation` for another type, and else as ``recover(_:returning:from:)``.
    public func resend(
        _ type: String?, _ contact: SupabaseContact, returning: SupabaseReturn, from client: ClientContext
    ) async throws(SupabaseError) {
        switch WireText(type ?? "") {
        case "signup": try await requestMail(.signup, contact, returning, client)
        case "email_change": try await requestMail(.emailChangeNew, contact, returning, client)
        case "sms", "phone_change": throw .phoneProviderDisabled
        default: throw .validation(SupabaseSentence.badResendType)
        }
    }

    private func requestMail(
        _ kind: SupabaseMailKind, _ contact: SupabaseContact, _ returning: SupabaseReturn, _ client: ClientContext
    ) async throws(SupabaseError) {
        let settings = try settings
        let address = try contact.address()
        guard mail.canSend else { throw .emailProviderDisabled }
        let context = core.context(client)
        let wait = try await admitMail(kind, to: address, at: context.now)
        try await request(
            SupabaseMailRequest(
                kind, redirectTo: returning.target(by: settings.redirects).text, challenge: returning.challenge),
            about: address, from: client, context)
        if let wait { throw .mailTooOften(seconds: wait) }
    }
}
