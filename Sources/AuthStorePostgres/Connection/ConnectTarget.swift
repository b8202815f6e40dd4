// SPDX-License-Identifier: Apache-2.0

import AuthStore
import CLibPQ
import Glibc

/// One address to connect to.
struct ConnectTarget: Hashable, Sendable {
    /// The name by which the server's certificate is checked, or the directory of a socket.
    var host: String
    /// The address, numeric; empty where `host` is one or is a socket.
    var address: String
    /// The port.
    var port: UInt16
}

/// No host of a list has an address.
struct ResolutionFailure: Error, Hashable, Sendable {
    var diagnostic: StoreDiagnostic
}

extension PostgresConfiguration.Host {
    /// Whether connecting needs the resolver.
    var needsResolving: Bool { address == nil && !name.hasPrefix("/") && !isNumeric }

    /// What to connect to where nothing needs resolving.
    var target: ConnectTarget { ConnectTarget(host: name, address: address ?? "", port: port) }

    /// Whether the name is an address.
    var isNumeric: Bool {
        var address = in6_addr()
        var older = in_addr()
        return inet_pton(AF_INET, name, &older) == 1 || inet_pton(AF_INET6, name, &address) == 1
    }

    /// Every address of the host, in the resolver's order.
    ///
    /// Waits for the resolver.
    func resolved() -> Result<[ConnectTarget], ResolutionFailure> {
        guard needsResolving else { return .success([target]) }
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        let status = getaddrinfo(name, nil, &hints, &list)
        defer { if list != nil { freeaddrinfo(list) } }
        guard status == 0 else {
            let reason = StoreDiagnostic("\(name): \(String(cString: gai_strerror(status)))")
            return .failure(ResolutionFailure(diagnostic: reason))
        }
        var targets: [ConnectTarget] = []
        var next = list
        while let entry = next?.pointee {
            next = entry.ai_next
            guard let address = entry.numericAddress else { continue }
            targets.append(ConnectTarget(host: name, address: address, port: port))
        }
        return .success(targets)
    }
}

extension addrinfo {
    fileprivate var numericAddress: String? {
        guard ai_family == AF_INET || ai_family == AF_INET6 else { return nil }
        return withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(NI_MAXHOST)) { text in
            text.initialize(repeating: 0)
            let status = getnameinfo(
                ai_addr, ai_addrlen, text.baseAddress, socklen_t(text.count), nil, 0, NI_NUMERICHOST)
            guard status == 0 else { return nil }
            return String(validating: text.prefix { $0 != 0 }, as: UTF8.self)
        }
    }
}

extension [PostgresConfiguration.Host] {
    /// Every address of every host; those without one are left out, unless none has any.
    func resolved() -> Result<[ConnectTarget], ResolutionFailure> {
        var targets: [ConnectTarget] = []
        var failure = ResolutionFailure(diagnostic: "no host has an address")
        for host in self {
            switch host.resolved() {
            case .success(let found): targets += found
            case .failure(let reason): failure = reason
            }
        }
        return targets.isEmpty && !isEmpty ? .failure(failure) : .success(targets)
    }
}
