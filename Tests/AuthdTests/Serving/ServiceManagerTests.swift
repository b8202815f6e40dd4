// SPDX-License-Identifier: Apache-2.0

import AuthTestSupport
import Glibc
import Testing

@testable import authd

@Suite("Socket of the service manager")
struct ServiceManagerTests {
    @Test(
        "an environment without a socket of this host has no manager",
        arguments: [nil, "", "notify", "vsock:2:1234", "/" + String(repeating: "a", count: 107)])
    func none(path: String?) {
        var environment = ["WATCHDOG_USEC": "1000000"]
        environment["NOTIFY_SOCKET"] = path
        #expect(ServiceManager(environment: environment) == nil)
    }

    @Test(
        "states are the assignments of sd_notify(3)",
        arguments: [
            (ServiceManager.State.ready, "READY=1"), (.stopping, "STOPPING=1"), (.alive, "WATCHDOG=1"),
            (.needs(.seconds(30)), "EXTEND_TIMEOUT_USEC=30000000"),
            (.needs(.milliseconds(1)), "EXTEND_TIMEOUT_USEC=1000"),
            (.status("Serving at http://[::1]:8000"), "STATUS=Serving at http://[::1]:8000"),
        ])
    func assignments(state: ServiceManager.State, assignment: String) {
        #expect(state.assignment == assignment)
    }

    @Test(
        "a status with a line end begins no other assignment", arguments: ["a\nREADY=1", "a\r\nREADY=1", "a\u{2028}b"])
    func hostileStatus(text: String) {
        let assignment = ServiceManager.State.status(text).assignment
        #expect(assignment.utf8.allSatisfy { $0 != UInt8(ascii: "\n") } && assignment.hasPrefix("STATUS=a"))
    }

    @Test("only a manager that watches this process is owed signs of life")
    func watchdog() throws {
        func bound(_ usec: String?, _ process: String?) throws -> Duration? {
            var environment = ["NOTIFY_SOCKET": "@authd-test"]
            environment["WATCHDOG_USEC"] = usec
            environment["WATCHDOG_PID"] = process
            return try #require(ServiceManager(environment: environment)).watchdog
        }
        #expect(try bound("30000000", nil) == .seconds(30))
        #expect(try bound("30000000", String(getpid())) == .seconds(30))
        #expect(try bound("30000000", "1") == nil)
        for value in [nil, "0", "-1", "", "x", "9999999999999999999999"] { #expect(try bound(value, nil) == nil) }
    }

    @Test("a manager is told, and one that does not read keeps no sender waiting", arguments: [true, false])
    func telling(isAbstract: Bool) throws {
        let folder = try TemporaryDirectory()
        defer { folder.remove() }
        let path = (isAbstract ? "@" : "") + folder.file("notify")
        let manager = try #require(ServiceManager(environment: ["NOTIFY_SOCKET": path]))
        #expect(!manager.tell(.ready))

        let end = try #require(Self.bound(to: path))
        defer { close(end) }
        #expect(manager.tell(.ready, .status("Serving")))
        var buffer = [UInt8](repeating: 0, count: 256)
        let count = recv(end, &buffer, buffer.count, 0)
        #expect(String(decoding: buffer.prefix(max(0, count)), as: UTF8.self) == "READY=1\nSTATUS=Serving")

        // The kernel keeps a bounded number of datagrams, and what is beyond it is refused at once.
        #expect((0..<100_000).contains { _ in !manager.tell(.alive) })
    }

    @Test("what the daemon starts does not inherit the manager's socket")
    func adoption() async {
        await #expect(processExitsWith: .success) {
            setenv("NOTIFY_SOCKET", "@authd-test", 1)
            setenv("WATCHDOG_USEC", "1000000", 1)
            setenv("WATCHDOG_PID", String(getpid()), 1)
            let manager = ServiceManager.adopted()
            let names = ["NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"]
            let left = names.filter { getenv($0) != nil }
            exit(manager?.watchdog == .seconds(1) && left.isEmpty ? EXIT_SUCCESS : EXIT_FAILURE)
        }
    }

    /// A socket that receives under this name, where an `@` stands for a zero byte.
    private static func bound(to path: String) -> CInt? {
        var bytes = Array(path.utf8)
        let isAbstract = bytes.first == UInt8(ascii: "@")
        if isAbstract { bytes[0] = 0 }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        let head = MemoryLayout<sockaddr_un>.size - MemoryLayout.size(ofValue: address.sun_path)
        let length = socklen_t(head + bytes.count + (isAbstract ? 0 : 1))
        let descriptor = socket(AF_UNIX, CInt(SOCK_DGRAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue), 0)
        let isBound = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, length) == 0 }
        }
        return isBound ? descriptor : nil
    }
}
