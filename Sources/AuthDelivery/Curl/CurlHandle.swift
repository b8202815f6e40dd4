// SPDX-License-Identifier: Apache-2.0

import CLibCurl

/// One libcurl handle and the connections it keeps open between transfers.
///
/// A class because it owns the C handle. It blocks, so it lives on a worker thread and stays there.
final class CurlHandle {
    private let easy: UnsafeMutableRawPointer?
    /// Where libcurl writes what went wrong, in more detail than its error code.
    private let words: UnsafeMutablePointer<CChar>

    init() {
        easy = CurlLibrary.isReady ? curl_easy_init() : nil
        words = .allocate(capacity: Int(CURL_ERROR_SIZE))
        words.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
    }

    deinit {
        curl_easy_cleanup(easy)
        words.deallocate()
    }

    /// Runs one transfer to its end; its length is bounded by the transfer's own timeout.
    func run(_ transfer: CurlTransfer, url: CurlURL, ticket: WorkTicket) -> CurlOutcome {
        guard let easy else { return CurlOutcome(ending: .failed("libcurl could not be initialised")) }
        // Forgets options, keeps connections: no secret of one transfer outlives it here.
        defer { curl_easy_reset(easy) }
        let progress = CurlProgress(transfer, ticket: ticket)
        var lists: [UnsafeMutablePointer<curl_slist>?] = []
        defer { for list in lists { curl_slist_free_all(list) } }

        var code = authd_curl_set_url(easy, url.handle)
        func set(_ next: @autoclosure () -> CURLcode) {
            if code == CURLE_OK { code = next() }
        }
        for (option, value) in transfer.texts {
            guard !value.utf8.contains(0) else { return CurlOutcome(ending: .failed("a setting contains NUL")) }
            set(authd_curl_set_string(easy, option, value))
        }
        for (option, value) in transfer.numbers {
            set(authd_curl_set_long(easy, option, value))
        }
        for (option, values) in transfer.lists {
            var list: UnsafeMutablePointer<curl_slist>?
            for value in values {
                guard let longer = curl_slist_append(list, value) else {
                    curl_slist_free_all(list)
                    return CurlOutcome(ending: .failed("out of memory"))
                }
                list = longer
            }
            lists.append(list)
            set(authd_curl_set_list(easy, option, list))
        }
        return withExtendedLifetime(progress) {
            let context = Unmanaged.passUnretained(progress).toOpaque()
            words[0] = 0
            set(authd_curl_set_pointer(easy, CURLOPT_ERRORBUFFER, words))
            set(authd_curl_set_progress_callback(easy, reportProgress))
            set(authd_curl_set_pointer(easy, CURLOPT_XFERINFODATA, context))
            set(authd_curl_set_long(easy, CURLOPT_NOPROGRESS, 0))
            set(authd_curl_set_data_callback(easy, CURLOPT_WRITEFUNCTION, receiveBody))
            set(authd_curl_set_pointer(easy, CURLOPT_WRITEDATA, context))
            set(authd_curl_set_data_callback(easy, CURLOPT_HEADERFUNCTION, receiveLine))
            set(authd_curl_set_pointer(easy, CURLOPT_HEADERDATA, context))
            set(authd_curl_set_socket_callback(easy, openSocket))
            set(authd_curl_set_pointer(easy, CURLOPT_OPENSOCKETDATA, context))
            set(authd_curl_abandon_lookups(easy))
            if transfer.followsCommands {
                set(authd_curl_set_trace_callback(easy, traceCommand))
                set(authd_curl_set_pointer(easy, CURLOPT_DEBUGDATA, context))
                set(authd_curl_set_long(easy, CURLOPT_VERBOSE, 1))
            }
            if let post = transfer.post {
                set(authd_curl_set_long(easy, CURLOPT_POST, 1))
                // Without an address libcurl would ask for the bytes elsewhere.
                let bytes = post.isEmpty ? [0] : post
                set(bytes.withUnsafeBytes { authd_curl_set_post(easy, $0.baseAddress, post.count) })
            }
            if let upload = transfer.upload {
                set(authd_curl_set_data_callback(easy, CURLOPT_READFUNCTION, sendUpload))
                set(authd_curl_set_pointer(easy, CURLOPT_READDATA, context))
                set(authd_curl_set_long(easy, CURLOPT_UPLOAD, 1))
                set(authd_curl_set_long(easy, CURLOPT_INFILESIZE, upload.count))
            }
            guard code == CURLE_OK else { return CurlOutcome(ending: .failed(description(of: code))) }

            return perform(progress, of: transfer)
        }
    }

    private func perform(_ progress: CurlProgress, of transfer: CurlTransfer) -> CurlOutcome {
        let code = curl_easy_perform(easy)
        // libcurl has a bound of its own for one line, of which it says that memory has run out; its later releases have a
        // code for it.
        if transfer.maximumHeader != nil, code == CURLE_OUT_OF_MEMORY || code.rawValue == 100 {
            progress.exceedHeader()
        }
        var outcome = CurlOutcome(ending: ending(of: code, progress))
        outcome.code = code
        outcome.body = progress.body
        outcome.serverLines = progress.serverLines
        outcome.startedUpload = progress.sent > 0
        outcome.status = number(CURLINFO_RESPONSE_CODE)
        outcome.redirect = redirect
        outcome.foundNoPermittedAddress = progress.refusedAddress && !progress.openedSocket
        outcome.isHeaderTooLarge = progress.exceededHeader
        outcome.dialogue = progress.dialogue
        outcome.usedOpenConnection = number(CURLINFO_NUM_CONNECTS) == 0
        var microseconds: curl_off_t = 0
        authd_curl_get_offset(easy, CURLINFO_TOTAL_TIME_T, &microseconds)
        outcome.elapsed = .microseconds(microseconds)
        outcome.certificate = certificate
        return outcome
    }

    private func ending(of code: CURLcode, _ progress: CurlProgress) -> CurlOutcome.Ending {
        if code == CURLE_OK { return .completed }
        if progress.exceededMaximum || progress.exceededHeader { return .tooLarge }
        if code == CURLE_ABORTED_BY_CALLBACK { return .cancelled }
        if code == CURLE_OPERATION_TIMEDOUT { return .timedOut }
        return .failed(description(of: code))
    }

    private func number(_ info: CURLINFO) -> Int {
        var value = 0
        authd_curl_get_long(easy, info, &value)
        return value
    }

    /// Where the answer's `Location` leads, whether or not it is followed.
    private var redirect: String? {
        var text: UnsafeMutablePointer<CChar>?
        guard authd_curl_get_string(easy, CURLINFO_REDIRECT_URL, &text) == CURLE_OK, let text else { return nil }
        return String(validatingCString: text)
    }

    /// The fields of the server's own certificate, where the transfer asked for them and did not reuse a connection.
    private var certificate: [String] {
        var chain: UnsafeMutablePointer<curl_certinfo>?
        guard authd_curl_get_certificates(easy, &chain) == CURLE_OK, let chain, chain.pointee.num_of_certs > 0 else {
            return []
        }
        var fields: [String] = []
        var next = chain.pointee.certinfo?.pointee
        while let entry = next {
            if let data = entry.pointee.data, let field = String(validatingCString: data) { fields.append(field) }
            next = entry.pointee.next
        }
        return fields
    }

    private func description(of code: CURLcode) -> String {
        if words[0] != 0, let text = String(validatingCString: words) { return text }
        return curl_easy_strerror(code).map { String(cString: $0) } ?? "libcurl error \(code.rawValue)"
    }
}
