// SPDX-License-Identifier: Apache-2.0

/// A violation of the store's contract, and the line of the suite that found it.
public struct ConformanceFailure: Error, Hashable, Sendable, CustomStringConvertible {
    /// The expected and the actual value.
    public let message: String
    /// Where it was found, as `module/file:line`.
    public let location: String

    /// The message and the location in one line.
    public var description: String { "\(message) (\(location))" }
}

/// Fails unless a claim holds.
func require(
    _ claim: Bool, _ message: @autoclosure () -> String, file: StaticString = #fileID, line: Int = #line
) throws(ConformanceFailure) {
    guard !claim else { return }
    throw ConformanceFailure(message: message(), location: "\(file):\(line)")
}

/// Fails unless two values are equal.
func requireEqual<Value: Equatable>(
    _ actual: Value, _ expected: Value, _ what: @autoclosure () -> String = "the result",
    file: StaticString = #fileID, line: Int = #line
) throws(ConformanceFailure) {
    try require(actual == expected, "\(what()) is \(actual), not \(expected)", file: file, line: line)
}

/// Fails if there is no value.
func requireValue<Value>(
    _ value: Value?, _ what: @autoclosure () -> String = "the value", file: StaticString = #fileID, line: Int = #line
) throws(ConformanceFailure) -> Value {
    guard let value else {
        throw ConformanceFailure(message: "\(what()) is missing", location: "\(file):\(line)")
    }
    return value
}

/// Runs `body` many times concurrently and returns the results in the order of their numbers.
func concurrently<Output: Sendable>(
    _ count: Int, _ body: @escaping @Sendable (Int) async throws -> Output
) async throws -> [Output] {
    try await withThrowingTaskGroup(of: (Int, Output).self) { group in
        for number in 0..<count {
            group.addTask { (number, try await body(number)) }
        }
        var results: [(Int, Output)] = []
        for try await result in group { results.append(result) }
        return results.sorted { $0.0 < $1.0 }.map(\.1)
    }
}

/// Runs two operations concurrently.
func both<First: Sendable, Second: Sendable>(
    _ first: @escaping @Sendable () async throws -> First, _ second: @escaping @Sendable () async throws -> Second
) async throws -> (First, Second) {
    async let one = first()
    async let two = second()
    return (try await one, try await two)
}
