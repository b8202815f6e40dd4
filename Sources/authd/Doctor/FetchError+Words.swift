// SPDX-License-Identifier: Apache-2.0

import AuthDelivery

extension FetchError {
    /// Why a document could not be fetched, for the end of a sentence.
    ///
    /// What an examination knows better is given: why its addresses may be refused, and where redirects lead.
    func words(refusedURL: String, refusedAddress: String, tooManyRedirects: String) -> String {
        switch self {
        case .refusedURL: refusedURL
        case .refusedAddress: refusedAddress
        case .refusedToken, .refusedField: "the request cannot be sent"
        case .status(let status): "the answer is \(status)"
        case .tooManyRedirects: tooManyRedirects
        case .tooLarge: "the answer is too long"
        case .timedOut: "there was no answer in time"
        case .unreachable(let diagnostic): Redaction.printable(diagnostic)
        case .overloaded: "too many fetches are waiting"
        case .cancelled: "cancelled"
        @unknown default: "the fetch failed"
        }
    }
}
