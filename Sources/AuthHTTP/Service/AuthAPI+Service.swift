// SPDX-License-Identifier: Apache-2.0

public import ServiceLifecycle

extension AuthAPI: Service {
    /// Runs the service behind the interface until graceful shutdown or cancellation; run that or this, not both.
    public func run() async {
        await service.runUntilShutdown()
    }
}
