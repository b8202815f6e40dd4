// SPDX-License-Identifier: Apache-2.0

internal import AuthCore

/// The values that a request's path has for the parameters of its route.
package struct PathParameters: Sendable {
    private let names: [String]
    private let values: [String]

    /// Pairs names and values, both from left to right.
    init(names: [String], values: [String]) {
        self.names = names
        self.values = values
    }

    /// The value of the parameter that the path of the route calls `name`; `nil` if it has none of that name.
    package subscript(name: String) -> String? {
        guard let index = names.firstIndex(where: { $0.hasSameOctets(as: name) }), index < values.count else {
            return nil
        }
        return values[index]
    }
}
