// SPDX-License-Identifier: Apache-2.0

import AuthCore
import CLibCurl
import Glibc

/// What libcurl's callbacks read and write while one transfer runs.
///
/// A class because C holds its address. All callbacks run on the thread that runs the transfer.
final class CurlProgress {
    private let transfer: CurlTransfer
    private let upload: [UInt8]
    private let ticket: WorkTicket
    private(set) var sent = 0
    private(set) var body: [UInt8] = []
    private(set) var exceededMaximum = false
    private(set) var exceededHeader = false
    private(set) var serverLines: [[UInt8]] = []
    private(set) var refusedAddress = false
    private(set) var openedSocket = false
    private(set) var dialogue = SMTPDialogue()
    private var headerLength = 0
    private var isInHeader = false

    /// Enough for a multi-line SMTP reply; the newest lines are kept.
    private static let maximumLines = 64
    private static let maximumLineLength = 512

    init(_ transfer: CurlTransfer, ticket: WorkTicket) {
        self.transfer = transfer
        self.ticket = ticket
        upload = transfer.upload ?? []
    }

    var isCancelled: Bool { ticket.isCancelled }

    /// Copies the next part of the upload and returns its length; 0 at the end.
    fileprivate func send(into buffer: UnsafeMutableRawBufferPointer) -> Int {
        let count = min(buffer.count, upload.count - sent)
        upload.withUnsafeBytes { buffer.copyMemory(from: .init(rebasing: $0[sent..<sent + count])) }
        sent += count
        if sent == upload.count { dialogue.contentIsSent() }
        return count
    }

    fileprivate func receive(body bytes: UnsafeRawBufferPointer) -> Bool {
        guard bytes.count <= transfer.maximumBody - body.count else {
            exceededMaximum = true
            return false
        }
        body.append(contentsOf: bytes)
        return true
    }

    fileprivate func receive(line bytes: UnsafeRawBufferPointer) -> Bool {
        guard let maximum = transfer.maximumHeader else {
            let line = Array(bytes.prefix(Self.maximumLineLength).prefix { $0 != 0x0D && $0 != 0x0A })
            if serverLines.count == Self.maximumLines { serverLines.removeFirst() }
            serverLines.append(line)
            dialogue.receive(line)
            return true
        }
        guard bytes.count <= maximum - headerLength else {
            exceededHeader = true
            return false
        }
        headerLength += bytes.count
        let line = Array(bytes.prefix { $0 != 0x0D && $0 != 0x0A })
        // An interim answer (1xx) has a header of its own, and the fields after a body are no header.
        if line.starts(with: "HTTP/".utf8) { (serverLines, isInHeader) = ([], true) }
        if line.isEmpty { isInHeader = false }
        if isInHeader { serverLines.append(line) }
        return true
    }

    /// Notes that libcurl gave the header up as too long.
    func exceedHeader() { exceededHeader = true }

    /// Notes a command that is sent to the server.
    fileprivate func receive(command bytes: UnsafeRawBufferPointer) {
        dialogue.command(bytes)
    }

    /// Opens the socket for one of the addresses of a host, if the transfer may connect to it.
    ///
    /// libcurl connects to this address and no other, whatever the name meant before or means later; where it is refused,
    /// libcurl goes on to the next.
    fileprivate func open(_ address: UnsafeMutablePointer<curl_sockaddr>) -> curl_socket_t {
        if let permits = transfer.permitsAddress {
            guard let peer = IPAddress(address), permits(peer) else {
                refusedAddress = true
                return CURL_SOCKET_BAD
            }
        }
        openedSocket = true
        let kind = address.pointee.socktype | Int32(SOCK_CLOEXEC.rawValue)
        return socket(address.pointee.family, kind, address.pointee.protocol)
    }
}

extension IPAddress {
    /// The address of a socket that libcurl asks for; `nil` for what is neither IPv4 nor IPv6.
    fileprivate init?(_ address: UnsafeMutablePointer<curl_sockaddr>) {
        let length = Int(address.pointee.addrlen)
        guard let octets = authd_curl_address(address) else { return nil }
        let raw = UnsafeRawPointer(octets)
        switch address.pointee.family {
        case AF_INET:
            guard length >= MemoryLayout<sockaddr_in>.size else { return nil }
            let socket = raw.loadUnaligned(as: sockaddr_in.self)
            self.init(v4: UInt32(bigEndian: socket.sin_addr.s_addr))
        case AF_INET6:
            guard length >= MemoryLayout<sockaddr_in6>.size else { return nil }
            var socket = raw.loadUnaligned(as: sockaddr_in6.self)
            let halves = withUnsafeBytes(of: &socket.sin6_addr) { bytes in
                (
                    bytes.loadUnaligned(fromByteOffset: 0, as: UInt64.self),
                    bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self)
                )
            }
            self.init(v6: UInt64(bigEndian: halves.0), UInt64(bigEndian: halves.1))
        default: return nil
        }
    }
}

private func progress(at context: UnsafeMutableRawPointer?) -> CurlProgress? {
    context.map { Unmanaged<CurlProgress>.fromOpaque($0).takeUnretainedValue() }
}

/// libcurl's read callback.
func sendUpload(
    bytes: UnsafeMutablePointer<CChar>?, size: Int, count: Int, context: UnsafeMutableRawPointer?
) -> Int {
    guard let progress = progress(at: context) else { return Int(CURL_READFUNC_ABORT) }
    return progress.send(into: UnsafeMutableRawBufferPointer(start: bytes, count: size &* count))
}

/// libcurl's write callback; any return but the length ends the transfer.
func receiveBody(
    bytes: UnsafeMutablePointer<CChar>?, size: Int, count: Int, context: UnsafeMutableRawPointer?
) -> Int {
    let length = size &* count
    let part = UnsafeRawBufferPointer(start: bytes, count: length)
    guard progress(at: context)?.receive(body: part) == true else { return length == 0 ? 1 : 0 }
    return length
}

/// libcurl's header callback, which also gets each line an SMTP server answers; any return but the length ends the
/// transfer.
func receiveLine(
    bytes: UnsafeMutablePointer<CChar>?, size: Int, count: Int, context: UnsafeMutableRawPointer?
) -> Int {
    let length = size &* count
    let line = UnsafeRawBufferPointer(start: bytes, count: length)
    guard progress(at: context)?.receive(line: line) == true else { return length == 0 ? 1 : 0 }
    return length
}

/// libcurl's progress callback, called about once a second even when nothing moves; not 0 ends the transfer.
func reportProgress(
    context: UnsafeMutableRawPointer?, _: curl_off_t, _: curl_off_t, _: curl_off_t, _: curl_off_t
) -> Int32 {
    progress(at: context)?.isCancelled == true ? 1 : 0
}

/// libcurl's open-socket callback.
func openSocket(
    context: UnsafeMutableRawPointer?, purpose: curlsocktype, address: UnsafeMutablePointer<curl_sockaddr>?
) -> curl_socket_t {
    guard purpose == CURLSOCKTYPE_IPCXN, let address, let progress = progress(at: context) else {
        return CURL_SOCKET_BAD
    }
    return progress.open(address)
}

/// libcurl's debug callback, of which only the commands to a mail server are read.
func traceCommand(
    _: UnsafeMutableRawPointer?, kind: curl_infotype, bytes: UnsafeMutablePointer<CChar>?, count: Int,
    context: UnsafeMutableRawPointer?
) -> Int32 {
    if kind == CURLINFO_HEADER_OUT {
        progress(at: context)?.receive(command: UnsafeRawBufferPointer(start: bytes, count: count))
    }
    return 0
}
