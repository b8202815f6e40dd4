// SPDX-License-Identifier: Apache-2.0

internal import AuthCore

/// Tells by the `Host` field whether a client named this machine.
///
/// An attacker can make a name of its own resolve to this machine (DNS rebinding), so only names count that can mean no other
/// machine.
enum LoopbackHost {
    /// Whether the field is `localhost`, an address of 127.0.0.0/8 or `[::1]`, with a port or without.
    static func isNamed(by host: String) -> Bool {
        let octets = host.utf8
        guard octets.count <= 64 else { return false }
        if octets.first == UInt8(ascii: "[") {
            guard let end = octets.firstIndex(of: UInt8(ascii: "]")), isEmptyOrPort(octets[end...].dropFirst()) else {
                return false
            }
            let inner = Substring(octets[..<end].dropFirst())
            return inner.utf8.contains(UInt8(ascii: ":")) && IPAddress(inner)?.isLoopback == true
        }
        let end = octets.firstIndex(of: UInt8(ascii: ":")) ?? octets.endIndex
        guard isEmptyOrPort(octets[end...]) else { return false }
        let name = String(Substring(octets[..<end]))
        return ASCIICase.matches(name, lowercase: "localhost") || IPAddress(name)?.isLoopback == true
    }

    private static func isEmptyOrPort(_ octets: Substring.UTF8View) -> Bool {
        guard octets.first == UInt8(ascii: ":") else { return octets.isEmpty }
        let digits = octets.dropFirst()
        return (1...5).contains(digits.count) && digits.allSatisfy { (0x30...0x39).contains($0) }
    }
}
