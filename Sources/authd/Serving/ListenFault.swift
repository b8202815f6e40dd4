// SPDX-License-Identifier: Apache-2.0

import AuthHTTPServer
import Glibc

/// Why the daemon cannot listen, in a sentence with the setting and what to do.
struct ListenFault: Hashable, Sendable {
    let sentence: String
    /// `.configuration` where starting again changes nothing.
    let status: CommandFailure.Status

    init(_ server: ServerConfiguration, code: CInt, reason: String) {
        self.init(host: server.host, port: server.port, code: code, reason: reason)
    }

    init(host: String, port: Int, code: CInt, reason: String) {
        let host = Redaction.printable(host)
        switch code {
        case EADDRINUSE:
            status = .failed
            sentence =
                "PORT \(port) of HOST \(host) is in use: set another PORT, or stop the program that `ss -ltnp` shows there."
        case EADDRNOTAVAIL:
            status = .configuration
            sentence =
                "HOST \(host) is no address of this machine: set one that `ip address` shows, or 0.0.0.0 for all of them."
        case EACCES, EPERM:
            status = .configuration
            sentence =
                "PORT \(port) of HOST \(host) needs privileges: set a PORT from 1024 on, and let the proxy listen on this one."
        case 0:
            status = .failed
            sentence = "HOST \(host) has no address (\(reason)): set an address such as 127.0.0.1, or correct the name."
        default:
            status = .failed
            sentence = "HOST \(host) and PORT \(port) cannot be listened on (\(reason)): set others."
        }
    }
}
