// SPDX-License-Identifier: Apache-2.0

public import AuthService
public import ServiceLifecycle

extension AuthService: Service {
    /// As `AuthService.run()`, and ends on graceful shutdown too: what a `ServiceGroup`, or a server's list of
    /// services, calls.
    ///
    /// Name the service before the server, which then ends first: requests under way still find it running.
    @_implements(Service,run())
    public func runUntilShutdown() async {
        await cancelWhenGracefulShutdown { await self.runUntilCancelled() }
    }
}
