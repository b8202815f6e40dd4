// SPDX-License-Identifier: Apache-2.0

import CLibCurl

/// What libcurl's callbacks read and write while one transfer runs.
///
/// A class because C holds its address. All callbacks run on the thread that runs the transfer.
final class CurlProgress {
    private let upload: [UInt8]
    private let maximumBody: Int
    private let ticket: WorkTicket
    private(set) var sent = 0
    private(set) var body: [UInt8] = []
    private(set) var exceededMaximum = false
    private(set) var serverLines: [[UInt8]] = []

    /// Enough for a multi-line SMTP reply or a sensible set of HTTP headers; the newest lines are kept.
    private static let maximumLines = 64
    private static let maximumLineLength = 512

    init(upload: [UInt8], maximumBody: Int, ticket: WorkTicket) {
        self.upload = upload
        self.maximumBody = maximumBody
        self.ticket = ticket
    }

    var isCancelled: Bool { ticket.isCancelled }

    /// Copies the next part of the upload and returns its length; 0 at the end.
    fileprivate func send(into buffer: UnsafeMutableRawBufferPointer) -> Int {
        let count = min(buffer.count, upload.count - sent)
        upload.withUnsafeBytes { buffer.copyMemory(from: .init(rebasing: $0[sent..<sent + count])) }
        sent += count
        return count
    }

    fileprivate func receive(body bytes: UnsafeRawBufferPointer) -> Bool {
        guard bytes.count <= maximumBody - body.count else {
            exceededMaximum = true
            return false
        }
        body.append(contentsOf: bytes)
        return true
    }

    fileprivate func receive(line bytes: UnsafeRawBufferPointer) {
        let line = bytes.prefix(Self.maximumLineLength).prefix { $0 != 0x0D && $0 != 0x0A }
        if serverLines.count == Self.maximumLines { serverLines.removeFirst() }
        serverLines.append(Array(line))
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

/// libcurl's header callback, which also gets each line an SMTP server answers.
func receiveLine(
    bytes: UnsafeMutablePointer<CChar>?, size: Int, count: Int, context: UnsafeMutableRawPointer?
) -> Int {
    let length = size &* count
    progress(at: context)?.receive(line: UnsafeRawBufferPointer(start: bytes, count: length))
    return length
}

/// libcurl's progress callback, called about once a second even when nothing moves; not 0 ends the transfer.
func reportProgress(
    context: UnsafeMutableRawPointer?, _: curl_off_t, _: curl_off_t, _: curl_off_t, _: curl_off_t
) -> Int32 {
    progress(at: context)?.isCancelled == true ? 1 : 0
}
