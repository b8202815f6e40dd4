// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Glibc

/// The program: reads the command line, does what it says, and exits with an honest status.
@main
enum Authd {
    static func main() async {
        // A peer or reader that is gone is an error of that write, not the end of the process.
        signal(SIGPIPE, SIG_IGN)
        ProcessMemory.bound()
        let arguments = Array(CommandLine.arguments.dropFirst())
        do throws(CommandFailure) {
            try await run(arguments)
        } catch {
            for (index, sentence) in error.sentences.enumerated() {
                // A reader that does not read the log does not read this, and the process ends all the same.
                StandardStream.error.line(index == 0 ? "authd: \(sentence)" : sentence, patience: .seconds(2))
            }
            exit(error.status.rawValue)
        }
    }

    private static func run(_ arguments: [String]) async throws(CommandFailure) {
        let flags: SettingFlags
        do throws(SettingFlags.Failure) {
            flags = try SettingFlags(arguments)
        } catch {
            throw CommandFailure(.usage, error.sentence)
        }
        let command = parse(CommandArguments.withValuesLast(flags.rest))
        if let command = command as? any DaemonCommand {
            let invocation = try Invocation(flags, environment: Invocation.processEnvironment())
            // The log of a daemon names the file in a line of its own format.
            if !(command is ServeCommand) { invocation.tellSettingsFile() }
            try await command.run(invocation)
        } else if let command = command as? any PlainCommand {
            try await command.perform(flags)
        } else {
            showHelp(of: command)
        }
    }

    /// Parses the command; for help and for arguments that make no sense prints and exits.
    private static func parse(_ arguments: [String]) -> any ParsableCommand {
        do {
            return try AuthdCommand.parseAsRoot(arguments)
        } catch {
            if AuthdCommand.exitCode(for: error) != .success, let hint = hint(for: arguments) {
                StandardStream.error.line(hint)
            }
            AuthdCommand.exit(withError: error)
        }
    }

    /// Runs what the argument parser brings along: `help`, and groups of commands, which show theirs.
    private static func showHelp(of command: any ParsableCommand) {
        var command = command
        do {
            try command.run()
        } catch {
            type(of: command).exit(withError: error)
        }
    }

    /// What a misspelt command or flag may have been meant to be.
    private static func hint(for arguments: [String]) -> String? {
        if let sentence = CommandSuggestion.sentence(for: arguments) { return sentence }
        for argument in arguments where argument.hasPrefix("--") {
            let name = argument.dropFirst(2).prefix { $0 != "=" }
            if let key = Misspelling.setting(meantBy: String(name)) {
                return "authd: there is no flag --\(name); \(key.flagName) may be meant."
            }
        }
        return nil
    }
}
