// SPDX-License-Identifier: Apache-2.0

import Testing

/// The databases that every journey is made on.
enum DatabaseKind: String, CaseIterable, CustomTestStringConvertible {
    case sqlite = "SQLite"
    case postgres = "PostgreSQL"

    var testDescription: String { rawValue }
}
