// SPDX-License-Identifier: Apache-2.0

import AuthTestSupport
import Foundation
import Glibc

/// One request to a server of this machine over a connection of its own, and the answer.
///
/// The start of a program that sends it, such as curl, takes more of the processors than most answers.
struct LoopbackExchange: Sendable {
    /// The seconds after which a server that sends nothing counts as hanging.
    private static let patience = 60

    private let method: String
    private let path: String
    private let port: UInt16
    private let request: [UInt8]

    init(_ method: String, _ path: String, port: UInt16, fields: [String], body: String?) {
        var lines =
            ["\(method) \(path) HTTP/1.1", "Host: 127.0.0.1:\(port)", "User-Agent: tests", "Accept: */*"] + fields
        if let body { lines.append("Content-Length: \(body.utf8.count)") }
        self.method = method
        self.path = path
        self.port = port
        request = Array((lines.joined(separator: "\r\n") + "\r\n\r\n" + (body ?? "")).utf8)
    }

    /// Sends the request and gives the answer with its head.
    ///
    /// - Throws: `Failure` where no whole answer comes.
    func answer() async throws -> String {
        let result = await withCheckedContinuation {
            (continuation: CheckedContinuation<Result<String, Failure>, Never>) in
            // It waits in calls of the system, for which the threads of tasks are too few.
            Thread.detachNewThread {
                do throws(Failure) {
                    continuation.resume(returning: .success(try exchange()))
                } catch {
                    continuation.resume(returning: .failure(error))
                }
            }
        }
        return try result.get()
    }

    private func exchange() throws(Failure) -> String {
        guard let socket = LoopbackSocket.connected(to: port) else {
            throw Failure("\(method) \(path): port \(port) is closed")
        }
        defer { close(socket) }
        var patience = timeval(tv_sec: Self.patience, tv_usec: 0)
        setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        write(to: socket)
        var received: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        var whole: Int?
        while true {
            whole = whole ?? length(of: received)
            if let whole, received.count >= whole { break }
            let count = recv(socket, &buffer, buffer.count, 0)
            guard count > 0 else { break }
            received += buffer.prefix(count)
        }
        guard received.count >= whole ?? 1 else {
            throw Failure("\(method) \(path): \(received.count) of \(whole ?? 1) bytes came (\(errno))")
        }
        return String(decoding: received, as: UTF8.self)
    }

    /// Sends all, or as much as a server takes that refuses the body and answers nevertheless.
    private func write(to socket: Int32) {
        var rest = request[...]
        while !rest.isEmpty {
            let sent = rest.withUnsafeBytes { send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            guard sent > 0 else { return }
            rest = rest.dropFirst(sent)
        }
    }

    /// The bytes of the whole answer; `nil` where its head is not there yet, or does not say.
    private func length(of received: [UInt8]) -> Int? {
        guard let end = received.firstRange(of: Array("\r\n\r\n".utf8)) else { return nil }
        let lines = String(decoding: received[..<end.lowerBound], as: UTF8.self).split(separator: "\r\n")
        let status = lines.first?.split(separator: " ").dropFirst().first
        guard method != "HEAD", status != "204", status != "304" else { return end.upperBound }
        for line in lines where line.prefix(while: { $0 != ":" }).lowercased() == "content-length" {
            let value = line.drop { $0 != ":" }.dropFirst().drop { $0 == " " }
            return Int(value).map { end.upperBound + $0 }
        }
        return nil
    }
}
