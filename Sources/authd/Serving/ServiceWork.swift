// SPDX-License-Identifier: Apache-2.0

import AuthService
import ServiceLifecycle

/// What the service does besides answering: follows revocations, rotates keys, sends mail, cleans up.
struct ServiceWork: Service {
    let service: AuthService

    func run() async {
        await cancelWhenGracefulShutdown { await service.run() }
    }
}
