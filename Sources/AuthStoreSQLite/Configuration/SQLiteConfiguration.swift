// SPDX-License-Identifier: Apache-2.0

internal import AuthCore

/// Where the database file is and within which bounds it is used.
public struct SQLiteConfiguration: Hashable, Sendable {
    /// The path of the file; a relative one counts from the working directory of the moment the driver opens.
    public var path: String
    /// How many threads read, each with its own connection; at least one runs.
    public var readerCount = 2
    /// How long one of five tries waits for a lock that another process holds.
    public var busyTimeout: Duration = .seconds(2)
    /// How long one statement may run, migrations excepted.
    public var statementTimeout: Duration = .seconds(15)
    /// How many operations may wait for the writer, and how many for the readers.
    public var queueLimit = 8_192
    /// How many operations share one transaction at most, and so one `fsync`.
    public var batchLimit = 256
    /// How long `close` goes on with the operations that wait.
    public var drainTimeout: Duration = .seconds(5)

    /// Takes the path of a file literally, with the bounds that suit a service.
    public init(path: String) {
        self.path = path
    }

    /// Reads `sqlite:///relative/path` or `sqlite:////absolute/path`, with any `+driver` after the scheme ignored.
    ///
    /// Octets may be percent-encoded. The parameters `readers` (1–64) and `busy_timeout_ms` (0–60,000) are known and no
    /// others. A database in memory is refused: each of the driver's connections would have its own.
    public init(url: String) throws(SQLiteURLError) {
        guard let marker = url.firstIndex(of: ":") else { throw .scheme }
        let scheme = url[..<marker].lowercased()
        guard scheme == "sqlite" || scheme.hasPrefix("sqlite+") else { throw .scheme }
        let afterScheme = url[url.index(after: marker)...]
        guard afterScheme.hasPrefix("//") else { throw .scheme }
        let rest = afterScheme.dropFirst(2)
        guard !rest.contains("#") else { throw .fragment }

        let parts = rest.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        let location = parts.first ?? ""
        guard !location.isEmpty else { throw .memory }
        guard location.hasPrefix("/") else { throw .host }
        guard let path = Self.percentDecoded(location.dropFirst()) else { throw .path }
        guard !path.isEmpty, !path.hasPrefix(":memory:"), !path.hasPrefix("file:") else { throw .memory }
        guard !path.hasSuffix("/") else { throw .path }
        self.init(path: path)

        guard parts.count == 2, !parts[1].isEmpty else { return }
        var seen: Set<String> = []
        for parameter in parts[1].split(separator: "&", omittingEmptySubsequences: false) {
            let pair = parameter.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let name = pair.first.map(String.init) ?? ""
            guard seen.insert(name).inserted else { throw .repeatedParameter(name) }
            try set(name, to: pair.count == 2 ? Int(pair[1]) : nil)
        }
    }

    private mutating func set(_ name: String, to number: Int?) throws(SQLiteURLError) {
        switch name {
        case "readers":
            guard let number, (1...64).contains(number) else { throw .value(parameter: name) }
            readerCount = number
        case "busy_timeout_ms":
            guard let number, (0...60_000).contains(number) else { throw .value(parameter: name) }
            busyTimeout = .milliseconds(number)
        default:
            throw .unknownParameter(name)
        }
    }

    /// Undoes percent-encoding; `nil` for a broken escape, for a NUL and for what is not UTF-8.
    private static func percentDecoded(_ text: Substring) -> String? {
        var octets: [UInt8] = []
        var source = text.utf8.makeIterator()
        while let octet = source.next() {
            guard octet == UInt8(ascii: "%") else {
                octets.append(octet)
                continue
            }
            guard let high = source.next().flatMap(HexadecimalDigit.value),
                let low = source.next().flatMap(HexadecimalDigit.value)
            else {
                return nil
            }
            octets.append(high << 4 | low)
        }
        guard !octets.contains(0) else { return nil }
        return String(validating: octets, as: UTF8.self)
    }
}
