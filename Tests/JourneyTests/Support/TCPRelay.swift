// SPDX-License-Identifier: Apache-2.0

import AuthTestSupport
import Foundation
import Glibc
import Synchronization

/// A way from one port of this machine to another, which a test can cut, freeze and heal.
final class TCPRelay: Sendable {
    /// What becomes of those who come this way.
    enum Flow {
        /// Bytes go both ways.
        case open
        /// Every connection is reset, also new ones.
        case cut
        /// Connections stay, and nothing moves: neither bytes nor the news that the other side has gone.
        case frozen
    }

    private struct State {
        var flow = Flow.open
        /// Connections of an earlier generation never move again.
        var generation = 0
        var isClosed = false
    }

    private struct Pair {
        let ends: (Int32, Int32)
        let generation: Int

        func other(_ end: Int32) -> Int32 { end == ends.0 ? ends.1 : ends.0 }

        func reset() {
            LoopbackSocket.reset(ends.0)
            LoopbackSocket.reset(ends.1)
        }

        func close() {
            Glibc.close(ends.0)
            Glibc.close(ends.1)
        }
    }

    /// Where it takes connections in.
    let port: UInt16
    private let target: UInt16
    private let state = Mutex(State())

    /// Opens a way to a port.
    init(to target: UInt16) throws(Failure) {
        self.target = target
        let listener = try LoopbackSocket.listening()
        port = listener.port
        Thread.detachNewThread { [self] in run(listener.descriptor) }
    }

    /// Opens, cuts or freezes the way.
    func turn(_ flow: Flow) {
        state.withLock { $0.flow = flow }
    }

    /// Opens the way to new connections, and leaves those that there are frozen for good: what a router does that has
    /// forgotten them.
    func openToNewOnes() {
        state.withLock { state in
            state.flow = .open
            state.generation += 1
        }
    }

    /// Ends it with all its connections.
    func close() {
        state.withLock { $0.isClosed = true }
    }

    private func run(_ listener: Int32) {
        var pairs: [Pair] = []
        while true {
            let now = state.withLock { $0 }
            guard !now.isClosed else { break }
            if now.flow == .cut {
                for pair in pairs where pair.generation == now.generation { pair.reset() }
                pairs.removeAll { $0.generation == now.generation }
            }
            var sockets: [pollfd] = []
            if now.flow != .frozen { sockets.append(pollfd(fd: listener, events: Int16(POLLIN), revents: 0)) }
            let moving = now.flow == .open ? pairs.filter { $0.generation == now.generation } : []
            for pair in moving {
                sockets.append(pollfd(fd: pair.ends.0, events: Int16(POLLIN), revents: 0))
                sockets.append(pollfd(fd: pair.ends.1, events: Int16(POLLIN), revents: 0))
            }
            // A change of the flow is seen as late as this.
            guard poll(&sockets, nfds_t(sockets.count), 10) > 0 else { continue }
            for socket in sockets where socket.revents != 0 {
                if socket.fd == listener {
                    if let pair = accept(listener, now) { pairs.append(pair) }
                } else if let pair = pairs.first(where: { $0.ends.0 == socket.fd || $0.ends.1 == socket.fd }),
                    !Self.move(from: socket.fd, to: pair.other(socket.fd))
                {
                    pair.close()
                    pairs.removeAll { $0.ends == pair.ends }
                }
            }
        }
        for pair in pairs { pair.close() }
        Glibc.close(listener)
    }

    private func accept(_ listener: Int32, _ now: State) -> Pair? {
        let client = Glibc.accept(listener, nil, nil)
        guard client >= 0 else { return nil }
        _ = fcntl(client, F_SETFD, FD_CLOEXEC)
        guard now.flow == .open, let server = LoopbackSocket.connected(to: target) else {
            LoopbackSocket.reset(client)
            return nil
        }
        return Pair(ends: (client, server), generation: now.generation)
    }

    /// - Returns: Whether there may be more.
    private static func move(from source: Int32, to sink: Int32) -> Bool {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        let count = read(source, &buffer, buffer.count)
        guard count > 0 else { return false }
        var sent = 0
        while sent < count {
            let written = buffer[sent..<count].withUnsafeBytes {
                send(sink, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard written > 0 else { return false }
            sent += written
        }
        return true
    }
}
