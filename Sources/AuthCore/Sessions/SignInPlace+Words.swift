// SPDX-License-Identifier: Apache-2.0

extension SignInPlace {
    /// ``device`` in a reader's language: `Firefox on Windows`, `Firefox unter Windows`.
    package func device(in language: Language) -> String {
        switch language {
        case .english: return device
        case .german:
            let joint = " on "
            let octets = Array(device.utf8)
            let place = octets.indices.first { octets[$0...].starts(with: joint.utf8) }
            guard let place else { return Self.german(device) }
            let browser = String(decoding: octets[..<place], as: UTF8.self)
            let system = String(decoding: octets[(place + joint.utf8.count)...], as: UTF8.self)
            return "\(Self.german(browser)) unter \(system)"
        }
    }

    /// The addresses of the network with an `x` for what they do not share: `IP address 192.0.2.x`, `IP address 2001:db8:1:x`.
    package func network(in language: Language) -> String {
        let (ipv4End, ipv6End) = (".0/24", "::/48")
        let name =
            switch language {
            case .english: "IP address"
            case .german: "IP-Adresse"
            }
        if network.hasSuffix(ipv4End) { return "\(name) \(network.dropLast(ipv4End.count)).x" }
        if network.hasSuffix(ipv6End) { return "\(name) \(network.dropLast(ipv6End.count)):x" }
        return switch language {
        case .english: "\(name) in \(network)"
        case .german: "\(name) aus \(network)"
        }
    }

    /// What is no name of a product, of the closed list that ``device`` is made of.
    private static func german(_ words: String) -> String {
        switch words {
        case "an unknown device": "ein unbekanntes Gerät"
        case "an unknown browser": "ein unbekannter Browser"
        case "an Android app": "eine Android-App"
        case "an Apple app": "eine Apple-App"
        default: words
        }
    }
}
