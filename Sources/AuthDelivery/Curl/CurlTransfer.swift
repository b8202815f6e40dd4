// SPDX-License-Identifier: Apache-2.0

import AuthCore
import CLibCurl

/// What one transfer does, as values: everything libcurl is told, in the order it is told.
///
/// Nothing is read from the environment, `.netrc` or a configuration file; proxies are off.
struct CurlTransfer {
    /// Text that libcurl copies.
    ///
    /// A text with a NUL would be cut short, so ``CurlHandle`` refuses it.
    var texts: [(option: CURLoption, value: String)] = []
    var numbers: [(option: CURLoption, value: Int)] = []
    var lists: [(option: CURLoption, values: [String])] = []
    /// The bytes to send, for a transfer that uploads.
    var upload: [UInt8]?
    /// The bytes to send, for a POST.
    var post: [UInt8]?
    /// More than this many bytes of body end the transfer.
    var maximumBody = 0
    /// More than this many bytes of header fields, of all answers together, end the transfer; `nil` for a protocol that has
    /// lines of replies instead.
    var maximumHeader: Int?
    /// Asked about each address before a connection to it is opened; `nil` permits all.
    ///
    /// A connection that is still open from an earlier transfer was asked about then.
    var permitsAddress: ((IPAddress) -> Bool)?
    /// Whether the commands to a mail server are followed.
    var followsCommands = false

    /// Starts from what every transfer shares.
    ///
    /// - Parameters:
    ///   - protocols: The URL schemes that are allowed, in libcurl's comma-separated form.
    ///   - timeout: The bound on all of it: name lookup, connection, handshake, transfer.
    init(protocols: String, timeout: Duration) {
        let milliseconds = timeout.boundedMilliseconds
        texts = [(CURLOPT_PROTOCOLS_STR, protocols), (CURLOPT_PROXY, "")]
        numbers = [
            (CURLOPT_NOSIGNAL, 1),
            (CURLOPT_FOLLOWLOCATION, 0),
            (CURLOPT_TIMEOUT_MS, milliseconds),
            (CURLOPT_CONNECTTIMEOUT_MS, milliseconds),
            (CURLOPT_SERVER_RESPONSE_TIMEOUT, max(1, milliseconds / 1000)),
            (CURLOPT_SSL_VERIFYPEER, 1),
            (CURLOPT_SSL_VERIFYHOST, 2),
            (CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2)),
        ]
    }
}

/// What came of a transfer.
struct CurlOutcome {
    enum Ending: Equatable {
        case completed
        case timedOut
        /// The ticket was cancelled while it ran.
        case cancelled
        /// The body or the header is longer than it may be.
        case tooLarge
        /// libcurl's own words; never what was sent.
        case failed(String)
    }

    var ending: Ending
    /// libcurl's number of what went wrong; 0 where nothing did.
    var code: CURLcode = CURLE_OK
    var body: [UInt8] = []
    /// The lines of the last answer's header (HTTP) or the last reply lines (SMTP), without their line ends.
    var serverLines: [[UInt8]] = []
    var status = 0
    /// Where a redirect leads, as an absolute URL.
    var redirect: String?
    /// Whether no connection was opened, since none of the host's addresses was permitted.
    var foundNoPermittedAddress = false
    /// Whether it was the header that was too long.
    var isHeaderTooLarge = false
    /// How far the conversation with a mail server came.
    var dialogue = SMTPDialogue()
    var usedOpenConnection = false
    /// Whether the server may have seen any of ``CurlTransfer/upload``.
    var startedUpload = false
    var elapsed: Duration = .zero
    /// `Name:value`, as libcurl shows the fields of the server's certificate.
    var certificate: [String] = []
}

extension Duration {
    /// Whole milliseconds between 1 and one day; 0 would mean "no limit" to libcurl.
    var boundedMilliseconds: Int {
        let day = Duration.seconds(86_400)
        let bounded = min(max(self, .milliseconds(1)), day)
        let (seconds, attoseconds) = bounded.components
        return Int(seconds) * 1000 + Int(attoseconds / 1_000_000_000_000_000)
    }
}
