// SPDX-License-Identifier: Apache-2.0

import AuthTestSupport
import Foundation

/// Pages as Chromium with scripts shows them, each visit in a browser of its own: what `Clients/pages.py` does.
enum PageVisits {
    /// One visit.
    struct Visit: Encodable, Sendable {
        var url: String
        /// Whether every button is pressed with empty fields, and every link followed.
        var crawls = false
        /// What is typed before the first button is pressed, by the names of fields.
        var fill: [String: String]?
        /// How the address begins where the visit ends, which pages may reach by themselves.
        var until: String?
        /// The cookies that the browser has.
        var cookies: [String: String] = [:]
    }

    /// What came of one.
    struct Outcome: Decodable, Sendable {
        /// The titles of the pages that were shown, in order.
        let titles: [String]
        /// Where the browser is at the end.
        let address: String
        /// The names of the cookies that the browser has at the end.
        let cookies: [String]
    }

    /// Makes the visits in order; one that crawls has an outcome for each button and link.
    static func make(_ visits: [Visit], in directory: TemporaryDirectory) async throws -> [Outcome] {
        let program = AuthdBinary.package.appending(path: "Tests/JourneyTests/Clients/pages.py").path
        var command = Command("python3", program, directory.file("profile-\(UUID().uuidString)"))
        command.directory = directory.path
        command.input = String(decoding: try JSONEncoder().encode(visits), as: UTF8.self)
        command.limit = 300
        return try JSONDecoder().decode([Outcome].self, from: Data(try await command.succeed().utf8))
    }
}
