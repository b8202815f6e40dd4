// SPDX-License-Identifier: Apache-2.0

import AuthStore

/// Why a connection could not be opened.
struct ConnectFailure: Error, Hashable {
    /// libpq's words on one line: they name host, role and database, never a password.
    var diagnostic: StoreDiagnostic
    /// Whether role, password, database or privileges are refused, which no waiting mends.
    var isDenied: Bool

    /// A failure on the way to the server, or of one that is not ready.
    init(_ diagnostic: StoreDiagnostic) {
        self.diagnostic = diagnostic
        isDenied = false
    }

    /// Reads libpq's message.
    ///
    /// It must have been made with `PQERRORS_VERBOSE`: there the server's words follow the severity and the SQLSTATE. Of
    /// several hosts, the last one that was tried decides.
    init(message: String, needsPassword: Bool) {
        let lines = message.split(separator: "\n").filter { !$0.hasPrefix("LOCATION:") }
        let text = lines.joined(separator: " ")
        diagnostic = text.isEmpty ? "the connection was lost" : StoreDiagnostic(text)
        let sqlState = lines.compactMap(Self.sqlState).last ?? ""
        isDenied = needsPassword || ServerFailure(sqlState: sqlState, message: "").meaning == .denied
    }

    /// The five characters between two blanks after a colon and the next colon, as in `FATAL:  28P01: no such role`.
    private static func sqlState(_ line: Substring) -> String? {
        let octets = Array(line.utf8)
        let mark = Array(":  ".utf8)
        guard octets.count >= mark.count + 6 else { return nil }
        for start in 0...(octets.count - mark.count - 6) where Array(octets[start..<(start + mark.count)]) == mark {
            let code = octets[(start + mark.count)..<(start + mark.count + 5)]
            let isCode = code.allSatisfy {
                (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
                    || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0)
            }
            if isCode, octets[start + mark.count + 5] == UInt8(ascii: ":") {
                return String(decoding: code, as: UTF8.self)
            }
        }
        return nil
    }
}
