// SPDX-License-Identifier: Apache-2.0

import AuthCore
import Glibc
import Testing

@testable import AuthHTTP

@Suite("the documented limits") struct LimitTableTests {
    @Test("the table of docs/abuse.md has each class with its bucket, its pace and its lease")
    func documented() throws {
        let rules = RateLimits().rules
        let expected = LimitClass.allCases.compactMap { limitClass -> [String]? in
            guard let rule = rules[limitClass] else { return nil }
            return ["`\(limitClass.rawValue)`", "\(rule.capacity)", Self.seconds(rule.interval), "\(rule.lease)"]
        }

        let rows = try Self.text().split(separator: "\n").map { line in
            line.split(separator: "|").map { $0.drop { $0 == " " } }.map { cell in
                String(cell.reversed().drop { $0 == " " }.reversed())
            }
        }
        let written = rows.filter { $0.count == 5 && $0[0].hasPrefix("`") }.map { [$0[0], $0[2], $0[3], $0[4]] }

        #expect(written == expected)
    }

    private static func seconds(_ interval: Duration) -> String {
        let milliseconds = Int(interval / .milliseconds(1))
        return milliseconds.isMultiple(of: 1_000)
            ? "\(milliseconds / 1_000) s" : "\(milliseconds / 1_000).\(milliseconds % 1_000 / 100) s"
    }

    private static func text() throws -> String {
        let path = #filePath.split(separator: "/").dropLast(4).map { "/" + $0 }.joined() + "/docs/abuse.md"
        let file = try #require(fopen(path, "r"), "\(path) cannot be read")
        defer { fclose(file) }
        var octets: [UInt8] = []
        while case let octet = fgetc(file), octet != EOF { octets.append(UInt8(truncatingIfNeeded: octet)) }
        return try #require(String(validating: octets, as: UTF8.self))
    }
}
