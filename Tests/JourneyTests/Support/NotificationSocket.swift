// SPDX-License-Identifier: Apache-2.0

import AuthTestSupport
import Foundation

/// A service manager's socket, with what came there.
struct NotificationSocket: Sendable {
    /// What `NOTIFY_SOCKET` names: a path, or a name of the kernel's name space behind an `@`.
    let address: String
    private let process: ChildProcess

    /// One that every user may send to.
    init(at address: String) async throws {
        let program = """
            import os, socket, sys
            name = sys.argv[1]
            end = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
            end.bind(chr(0) + name[1:] if name[0] == "@" else name)
            if name[0] == "/": os.chmod(name, 0o666)
            print("bound", flush=True)
            while True: print(end.recv(4096).decode().replace(chr(10), " "), flush=True)
            """
        self.address = address
        process = try ChildProcess(
            ["/usr/bin/python3", "-c", program, address], environment: Command.environment, directory: "/", limit: 540)
        let progress = await process.progress { !Self.lines(of: $0).isEmpty }
        guard progress.end == nil else { throw Failure("no socket \(address): \(progress.errorText)") }
    }

    /// The datagrams, each as a line with blanks between its assignments, once this is true of them.
    func datagrams(when isDone: @escaping @Sendable ([String]) -> Bool) async throws -> [String] {
        let progress = await process.progress { isDone(Array(Self.lines(of: $0).dropFirst())) }
        let datagrams = Array(Self.lines(of: progress).dropFirst())
        guard progress.end == nil else { throw Failure("the socket was closed after \(datagrams)") }
        return datagrams
    }

    /// All that came before this call.
    func datagrams() async throws -> [String] {
        let mark = "MARK=\(UUID())"
        let program = """
            import socket, sys
            name = sys.argv[1]
            end = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
            end.sendto(sys.argv[2].encode(), chr(0) + name[1:] if name[0] == "@" else name)
            """
        try await Command("/usr/bin/python3", "-c", program, address, mark).succeed()
        return try await datagrams { $0.last == mark }.dropLast()
    }

    func close() async {
        process.signal(9)
        await process.ended()
    }

    private static func lines(of progress: ChildProcess.Progress) -> [String] {
        // The last one may be there in part.
        String(decoding: progress.output, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
            .dropLast().map(String.init)
    }
}
