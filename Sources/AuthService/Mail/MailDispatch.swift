// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthStore
import AuthSystem

/// Takes requests for mails that are answered before anything is looked up: each is a row of the store before its answer.
struct MailDispatch: Sendable {
    /// How long a client waits until it asks again where too many requests wait.
    private static let retryAfter = Duration.seconds(30)

    let core: ServiceCore
    /// Whether mail can be sent at all.
    let canSend: Bool
    let secrets: OneTimeSecrets
    let devices: DeviceTokens
    let losses: MailLosses
    let quota = MailRequestQuota()

    init(core: ServiceCore, canSend: Bool, secrets: OneTimeSecrets, devices: DeviceTokens) {
        self.core = core
        self.canSend = canSend
        self.secrets = secrets
        self.devices = devices
        losses = MailLosses(observe: core.observe)
    }

    /// Writes a request about an address; `MailRequestWorker` answers it.
    ///
    /// The quota of waiting requests counts a request of a session against its user, that of a known device against the device's
    /// user, and every other one against the client's network.
    ///
    /// `user` is the one who asks with a session. `device` counts if its user turns out to be the recipient.
    ///
    /// - Returns: What names the flow for the client.
    /// - Throws: `.mailUnavailable`, `.overloaded` where too many requests wait, which is audited; `.unavailable`, `.cancelled`.
    func request(
        _ kind: MailRequestKind, about address: EmailAddress, by user: UserID? = nil, device: DeviceToken? = nil,
        details: [String: String] = [:], from client: ClientContext, _ context: OperationContext
    ) async throws(AuthError) -> FlowHandle {
        guard canSend else { throw .mailUnavailable }
        let (handle, flow) = secrets.makeHandle(random: core.random)
        let claim = device.flatMap { devices.claim(of: $0, at: context.now) }
        let request = MailRequest(
            kind, flow: flow, address: address.original, userID: user,
            holder: Self.holder(user, claim, client), standing: user == nil && claim == nil ? .stranger : .known,
            details: details.merging(claim?.details ?? [:]) { own, _ in own }, source: context.source,
            userAgent: context.userAgent, requestID: context.requestID, createdAt: context.now)
        let outcome = try await core.inStore { store throws(StoreError) in
            try await store.requestMail(request, quota: quota, context: context)
        }
        switch outcome {
        case .written:
            core.mailRequests.signal()
            return handle
        case .full:
            let action = kind == .registration ? AuditAction.userRegistered : kind.purpose.request
            try await core.record(action, refusal: "mail_requests_full", target: user, in: context)
            throw .overloaded(retryAfter: Self.retryAfter)
        }
    }

    private static func holder(_ user: UserID?, _ claim: DeviceTokens.Claim?, _ client: ClientContext) -> String {
        if let user { return "user \(user)" }
        if let claim { return "device \(Base64URL.encode(claim.user))" }
        return client.sourceNetwork ?? client.sourceGroup ?? ""
    }
}

extension DeviceTokens.Claim {
    /// The claim as details of a request, by which no device can pass for a known one.
    var details: [String: String] {
        ["device_user": Base64URL.encode(user), "device_generation": "\(generation.value)"]
    }

    /// The claim in a request's details.
    init?(_ details: [String: String]) {
        guard let user = details["device_user"].flatMap({ Base64URL.decode($0.utf8) }),
            let generation = details["device_generation"].flatMap({ Int64($0) })
        else { return nil }
        self.init(device: DeviceTokens.DeviceID(octets: []), user: user, generation: CredentialGeneration(generation))
    }
}
