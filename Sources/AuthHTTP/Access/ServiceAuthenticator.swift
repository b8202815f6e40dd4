// SPDX-License-Identifier: Apache-2.0

internal import AuthService

/// Asks the service who is calling.
struct ServiceAuthenticator: CallerAuthenticating {
    let service: AuthService

    func callerNow(bearing token: String) -> Result<Caller, Refusal>? {
        switch service.access.authenticateNow(token) {
        case .principal(let principal): .success(Caller(principal))
        case .refused(let error): .failure(Refusal(from: error))
        case .needsStore: nil
        }
    }

    func caller(bearing token: String) async throws(Refusal) -> Caller {
        do throws(AuthError) {
            return Caller(try await service.access.authenticate(token))
        } catch {
            throw Refusal(from: error)
        }
    }

    func authenticatesService(bearing secret: String) -> Bool {
        service.changeFeed.isValidSecret(secret)
    }

    func requireRecentProof(of caller: Caller) throws(Refusal) {
        guard let principal = caller.principal else { throw Refusal(.unauthenticated) }
        do throws(AuthError) {
            try service.access.requireRecentProof(of: principal)
        } catch {
            throw Refusal(from: error)
        }
    }
}
