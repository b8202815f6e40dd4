// SPDX-License-Identifier: Apache-2.0

internal import AuthCore

/// How much of a client's address the log of requests has.
public enum LoggedClientAddress: String, CaseIterable, Hashable, Sendable {
    /// The whole address.
    case full
    /// The /24 of an IPv4 address, the /48 of an IPv6 address.
    case network
    /// Nothing.
    case off

    /// What the log shows for an address; `nil` for nothing.
    func text(for address: IPAddress?) -> String? {
        switch self {
        case .full: return address.map(\.description) ?? "unknown"
        case .network:
            guard let address else { return "unknown" }
            let length = address.family == .v4 ? 24 : 48
            return "\(address.prefix(length))/\(length)"
        case .off: return nil
        }
    }
}
