// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

/// Finds the command that the operator meant who wrote another word.
enum CommandSuggestion {
    /// A sentence about the first word that is no command where one must stand; `nil` where there is none, or nothing
    /// resembles it.
    static func sentence(for arguments: [String]) -> String? {
        var group: any ParsableCommand.Type = AuthdCommand.self
        var path = ["authd"]
        for word in arguments {
            guard !word.hasPrefix("-") else { return nil }
            let commands = group.configuration.subcommands
            guard !commands.isEmpty else { return nil }
            if let command = commands.first(where: { name(of: $0) == word }) {
                group = command
                path.append(word)
                continue
            }
            guard let meant = nearest(to: word, among: commands.map(name) + ["help"]) else { return nil }
            return
                "authd: there is no command \(Redaction.printable(word)); `\((path + [meant]).joined(separator: " "))` "
                + "may be meant."
        }
        return nil
    }

    private static func name(of command: any ParsableCommand.Type) -> String {
        command.configuration.commandName ?? ""
    }

    /// One edit away, or two in a name of five letters and more; or the beginning of one name alone.
    private static func nearest(to word: String, among names: [String]) -> String? {
        guard word.utf8.count <= 32 else { return nil }
        let given = Array(word.lowercased().utf8)
        let near = names.map { (name: $0, distance: Misspelling.distance(given, Array($0.utf8))) }
            .filter { $0.distance <= ($0.name.utf8.count >= 5 ? 2 : 1) }
        if let best = near.min(by: { $0.distance < $1.distance }) { return best.name }
        let longer = names.filter { given.count >= 3 && $0.utf8.starts(with: given) }
        return longer.count == 1 ? longer.first : nil
    }
}
