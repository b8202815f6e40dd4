// SPDX-License-Identifier: Apache-2.0

import AuthHTTPServer
import ServiceLifecycle

/// Tells the service manager that the process works, for as long as its tasks run and its event loops come round.
///
/// It sends no request to itself: clients who hold every connection would have the manager restart a daemon that works. It
/// does not ask the database either, whose failure a restart does not mend.
struct Watchdog: Service {
    let manager: ServiceManager
    /// How long the manager waits.
    let bound: Duration
    let server: HTTPServer

    func run() async {
        await cancelWhenGracefulShutdown {
            repeat {
                server.whenEventLoopsAnswer { [manager] in manager.tell(.alive) }
            } while (try? await Task.sleep(for: max(bound / 2, .milliseconds(10)))) != nil
        }
    }
}
