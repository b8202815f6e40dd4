// SPDX-License-Identifier: Apache-2.0

import AuthTestSupport
import Foundation

/// The package's Dockerfile, as the instructions of its stages.
struct ContainerFile {
    /// One stage: what begins with `FROM`.
    struct Stage {
        var instructions: [(name: String, arguments: String)] = []

        /// The arguments of every instruction of one name.
        func all(_ name: String) -> [String] {
            instructions.filter { $0.name == name }.map(\.arguments)
        }

        /// What `apt-get install` names.
        var packages: [String] {
            let commands = all("RUN").flatMap { $0.components(separatedBy: "&&") }
            let words = commands.map { command in command.split(separator: " ").map(String.init) }
            let installing = words.filter { $0.prefix(2) == ["apt-get", "install"] }
            return installing.flatMap { $0.dropFirst(2) }.filter { !$0.hasPrefix("--") }
        }

        /// The names and values of `ENV`.
        var environment: [String: String] {
            let pairs = all("ENV").flatMap { $0.split(separator: " ") }.compactMap { pair -> (String, String)? in
                let parts = pair.split(separator: "=", maxSplits: 1)
                return parts.count == 2 ? (String(parts[0]), String(parts[1])) : nil
            }
            return Dictionary(pairs) { $1 }
        }
    }

    let stages: [Stage]

    init() throws {
        let known = [
            "FROM", "RUN", "WORKDIR", "COPY", "VOLUME", "USER", "ENV", "EXPOSE", "HEALTHCHECK", "ENTRYPOINT", "CMD",
        ]
        let text = try AuthdBinary.text(of: "Dockerfile").split(separator: "\n").filter { !$0.hasPrefix("#") }
            .joined(separator: "\n").replacing("\\\n", with: " ")
        var stages: [Stage] = []
        for line in text.split(separator: "\n") {
            let parts = line.split(separator: " ", maxSplits: 1)
            guard parts.count == 2, known.contains(String(parts[0])) else { throw Failure("Dockerfile: \(line)") }
            if parts[0] == "FROM" { stages.append(Stage()) }
            guard !stages.isEmpty else { throw Failure("Dockerfile: \(line) stands before FROM") }
            let arguments = parts[1].split(separator: " ").joined(separator: " ")
            stages[stages.count - 1].instructions.append((String(parts[0]), arguments))
        }
        guard stages.count == 2 else { throw Failure("Dockerfile: \(stages.count) stages, not two") }
        self.stages = stages
    }

    /// The arguments of the one instruction of this name in the last stage.
    func last(_ name: String) throws -> String {
        let found = stages[1].all(name)
        guard found.count == 1 else { throw Failure("Dockerfile: \(found.count) instructions \(name), not one") }
        return found[0]
    }

    /// The words of an instruction in the form of a JSON array.
    func words(_ name: String) throws -> [String] {
        try JSONDecoder().decode([String].self, from: Data(try last(name).utf8))
    }
}
