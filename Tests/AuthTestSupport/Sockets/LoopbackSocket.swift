// SPDX-License-Identifier: Apache-2.0

internal import Foundation
internal import Glibc
internal import Synchronization

/// Sockets between programs of this machine.
package enum LoopbackSocket {
    /// One that takes connections in at a free port.
    package static func listening() throws(Failure) -> (descriptor: Int32, port: UInt16) {
        let descriptor = socket()
        guard let port = bind(descriptor), listen(descriptor, 128) == 0 else {
            close(descriptor)
            throw Failure("no free port")
        }
        return (descriptor, port)
    }

    /// A port that was free a moment ago, which this process is given once.
    ///
    /// It lies below those that the system chooses by itself: otherwise a connection of any other test, or a server that asks for
    /// no port in particular, could get it before the program that it is meant for is there.
    package static func freePort() throws(Failure) -> UInt16 {
        for _ in 0..<chosenPorts.count {
            let port = lastPort.withLock { port in
                port = chosenPorts.contains(port &+ 1) ? port + 1 : chosenPorts.lowerBound
                return port
            }
            let descriptor = socket()
            defer { close(descriptor) }
            if bind(descriptor, to: port) != nil { return port }
        }
        throw Failure("no free port")
    }

    private static let chosenPorts: Range<UInt16> = {
        let range = (try? String(contentsOfFile: "/proc/sys/net/ipv4/ip_local_port_range", encoding: .utf8)) ?? ""
        let end = range.split(whereSeparator: \.isWhitespace).first.flatMap { UInt16($0) } ?? 32_768
        return min(10_000, end / 2)..<max(end, 2)
    }()

    /// The port that was given last; that before the first is chosen by chance, as several processes run tests at once.
    private static let lastPort = Mutex(UInt16.random(in: chosenPorts))

    /// One that is connected; `nil` if the port is closed.
    package static func connected(to port: UInt16) -> Int32? {
        let descriptor = socket()
        var address = loopback(port)
        let isConnected = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                connect(descriptor, address, length) == 0
            }
        }
        guard isConnected else {
            close(descriptor)
            return nil
        }
        return descriptor
    }

    /// Closes one so that the other side hears of a broken connection and not of its end.
    package static func reset(_ descriptor: Int32) {
        var atOnce = linger(l_onoff: 1, l_linger: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &atOnce, socklen_t(MemoryLayout<linger>.size))
        close(descriptor)
    }

    private static let length = socklen_t(MemoryLayout<sockaddr_in>.size)

    private static func socket() -> Int32 {
        Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    }

    private static func loopback(_ port: UInt16) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        address.sin_port = port.bigEndian
        return address
    }

    private static func bind(_ descriptor: Int32, to port: UInt16 = 0) -> UInt16? {
        var address = loopback(port)
        var length = length
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                Glibc.bind(descriptor, address, length) == 0 && getsockname(descriptor, address, &length) == 0
            }
        }
        return isBound ? UInt16(bigEndian: address.sin_port) : nil
    }
}
