// SPDX-License-Identifier: Apache-2.0

/// What became of one delivery.
public enum OutboxResult: Hashable, Sendable {
    /// The next hop, or the subscription, has taken it over.
    case delivered
    /// Delivering it would be wrong by now: the token in it was used or is void, or its user is gone.
    case moot
    /// It did not get through.
    case failed(OutboxFailure)
}

/// Why a delivery failed.
public struct OutboxFailure: Hashable, Sendable {
    /// How many characters of the words are kept.
    public static let maximumLength = 500

    /// One line of printable ASCII, for the operator.
    public let diagnostic: String
    /// What failed, which decides when the delivery is tried again.
    public let extent: Extent

    /// How far a failure reaches.
    public enum Extent: Hashable, Sendable {
        /// This delivery: it is tried again later, and others meanwhile.
        case delivery
        /// This row: trying again cannot help.
        case row
        /// Every delivery of the kind, for now: it is no fault of the row, which stays due.
        case nextHop
    }

    /// Takes words of any kind: what is not printable ASCII becomes a question mark.
    public init(_ diagnostic: String, of extent: Extent = .delivery) {
        let printable = diagnostic.unicodeScalars.prefix(Self.maximumLength).map { scalar in
            scalar.value >= 0x20 && scalar.value < 0x7F ? Character(scalar) : "?"
        }
        self.diagnostic = String(printable)
        self.extent = extent
    }
}
