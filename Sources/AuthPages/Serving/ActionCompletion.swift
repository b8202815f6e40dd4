// SPDX-License-Identifier: Apache-2.0

internal import AuthCore
internal import AuthHTTP
internal import AuthHTTPServer
internal import AuthService

/// Completes mailed actions that were confirmed on their pages.
struct ActionCompletion {
    let service: AuthService
    let pages: ActionEndpoints

    /// Does what the page says.
    ///
    /// - Returns: The cookies that the browser gets.
    func complete(
        _ visit: ActionVisit, code: String?, _ password: Password?, _ call: Call
    ) async throws(AuthError) -> [(name: String, value: String)] {
        let proof = ActionProof(token: visit.proof.token, handle: visit.proof.handle, code: code)
        switch visit.action {
        case .verifyAddress:
            _ = try await service.users.confirmEmailVerification(
                proof, password: password, session: try await session(of: call), from: call.context)
            return []
        case .resetPassword:
            guard let password else { throw .invalidOneTimeToken }
            try await service.passwords.confirmReset(proof, newPassword: password, from: call.context)
            return []
        case .signIn:
            return try await signIn(proof, call)
        case .unlock:
            return try await unlock(proof, call)
        case .report:
            try await service.actions.report(proof, of: visit.purpose, from: call.context)
            return []
        case .changeAddress:
            try await service.users.confirmAddressChange(
                proof, session: try await session(of: call), from: call.context)
            return []
        case .undoAddressChange:
            try await service.users.undoAddressChange(proof, newPassword: password, from: call.context)
            return []
        case .acceptInvitation:
            _ = try await service.invitations.accept(
                proof, newPassword: password, session: try await session(of: call), from: call.context)
            return []
        // Its mail has a code alone, for the page of the application.
        // The links of the other lead to a page of its own API.
        case .reauthenticate, .supabase:
            throw .invalidOneTimeToken
        }
    }

    /// Opens the session in the browser that has sent the form, and in no other.
    private func signIn(_ proof: ActionProof, _ call: Call) async throws(AuthError) -> [(name: String, value: String)] {
        // Without cookies the link would be spent in vain.
        guard let client = call.client, pages.browsers.isOffered(to: client) else { throw .unavailable }
        let held = pages.browsers.held(in: call.request)?.refreshToken
        let outcome = try await service.signIn.withMail(
            proof, device: pages.devices.presented(byFormOf: call), replacing: held, from: call.context)
        // A second factor is answered where the application asks for it.
        guard case .signedIn(let pair) = outcome else { throw .invalidCredentials }
        var fields = pages.browsers.fields(for: pair, isRemembered: true)
        if let token = pair.deviceToken, let field = pages.devices.field(for: token, toFormOf: call) {
            fields.append(field)
        }
        return fields
    }

    /// Makes the browser known that has sent the form.
    private func unlock(_ proof: ActionProof, _ call: Call) async throws(AuthError) -> [(name: String, value: String)] {
        guard pages.devices.isOffered(toFormOf: call) else { throw .unavailable }
        let token = try await service.signIn.unlock(proof, from: call.context)
        return pages.devices.field(for: token, toFormOf: call).map { [$0] } ?? []
    }

    /// The live session of the browser, whose password is bound to the address then.
    func session(of call: Call) async throws(AuthError) -> Principal? {
        guard let token = pages.browsers.accessToken(in: call.request) else { return nil }
        do throws(AuthError) {
            return try await service.access.authenticate(token)
        } catch {
            // A session that has ended is none; one that cannot be asked for may be one.
            if error == .unavailable { throw error }
            return nil
        }
    }
}
