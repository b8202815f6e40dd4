// SPDX-License-Identifier: Apache-2.0

import Glibc

/// The service manager that started the process and wants to hear of its state, by the protocol of sd_notify(3).
///
/// A state is a datagram to the socket that `NOTIFY_SOCKET` names. Sending never waits: what a manager has no room for is
/// lost. A class because its socket is closed with it.
final class ServiceManager: Sendable {
    /// What a manager can be told, in the words of systemd.
    enum State: Hashable, Sendable {
        case ready
        case stopping
        /// The process works; owed at least once in each ``ServiceManager/watchdog``.
        case alive
        /// A line for `systemctl status`, which every user of the host may read.
        case status(String)
        /// A start or stop may take this long from now on, where the manager's bound is lower.
        case needs(Duration)
    }

    /// How long the manager waits for ``State/alive`` before it restarts the process; `nil` where it does not watch this one.
    let watchdog: Duration?
    private let descriptor: CInt
    private let address: sockaddr_un
    private let length: socklen_t

    /// The manager that an environment names; `nil` where it names none, or no socket of this host's own.
    init?(environment: [String: String]) {
        guard let path = environment["NOTIFY_SOCKET"], let (address, length) = Self.address(path) else { return nil }
        descriptor = socket(AF_UNIX, CInt(SOCK_DGRAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return nil }
        self.address = address
        self.length = length
        watchdog = Self.watchdog(environment)
    }

    deinit {
        close(descriptor)
    }

    /// The manager that the process's own environment names, which programs started from here do not inherit.
    ///
    /// Changes the environment, so it comes before the database's and the mailer's threads, whose libraries read it.
    static func adopted() -> ServiceManager? {
        let names = ["NOTIFY_SOCKET", "WATCHDOG_PID", "WATCHDOG_USEC"]
        var environment: [String: String] = [:]
        for name in names {
            environment[name] = getenv(name).flatMap { String(validatingCString: $0) }
            unsetenv(name)
        }
        return ServiceManager(environment: environment)
    }

    /// Sends states in one datagram.
    ///
    /// - Returns: Whether the manager has it, or will read it.
    @discardableResult
    func tell(_ states: State...) -> Bool {
        let text = states.map(\.assignment).joined(separator: "\n")
        var address = address
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                sendto(descriptor, text, text.utf8.count, CInt(MSG_DONTWAIT | MSG_NOSIGNAL), address, length)
                    == text.utf8.count
            }
        }
    }

    /// Runs what may take longer than the manager allows a start, and asks for time as long as it runs.
    static func whileStarting<Value>(
        _ manager: ServiceManager?, _ body: () async throws(CommandFailure) -> Value
    ) async throws(CommandFailure) -> Value {
        async let _ = manager?.askForTime()
        return try await body()
    }

    /// Asks for half a minute every ten seconds until it is cancelled.
    private func askForTime() async {
        repeat {
            tell(.needs(.seconds(30)))
        } while (try? await Task.sleep(for: .seconds(10))) != nil
    }

    /// A path, or a name in the kernel's own name space, which systemd writes with an `@` for the zero byte.
    private static func address(_ path: String) -> (sockaddr_un, socklen_t)? {
        var bytes = Array(path.utf8)
        var address = sockaddr_un()
        let room = MemoryLayout.size(ofValue: address.sun_path)
        guard let first = bytes.first, first == UInt8(ascii: "/") || first == UInt8(ascii: "@"), bytes.count < room
        else {
            return nil
        }
        if first == UInt8(ascii: "@") { bytes[0] = 0 }
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        // A name in the name space ends where the address does; a path has a zero byte behind it.
        let count = first == UInt8(ascii: "@") ? bytes.count : bytes.count + 1
        let head = MemoryLayout<sockaddr_un>.size - room
        return (address, socklen_t(head + count))
    }

    private static func watchdog(_ environment: [String: String]) -> Duration? {
        guard let microseconds = environment["WATCHDOG_USEC"].flatMap({ Int64($0) }), microseconds > 0 else {
            return nil
        }
        if let process = environment["WATCHDOG_PID"], process != String(getpid()) { return nil }
        return .microseconds(microseconds)
    }
}

extension ServiceManager.State {
    /// The line of the protocol.
    var assignment: String {
        switch self {
        case .ready: "READY=1"
        case .stopping: "STOPPING=1"
        case .alive: "WATCHDOG=1"
        // A line end would begin another assignment.
        case .status(let text): "STATUS=" + Redaction.printable(text)
        case .needs(let time):
            "EXTEND_TIMEOUT_USEC=\(time.components.seconds * 1_000_000 + time.components.attoseconds / 1_000_000_000_000)"
        }
    }
}
