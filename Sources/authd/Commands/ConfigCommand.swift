// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import AuthCore

/// `authd config`: the settings in force, and what there is to set.
struct ConfigCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "config", abstract: "Checks and documents the settings.",
        discussion: "`check` takes --env-file PATH, which names the file of settings, and settings as flags.",
        subcommands: [CheckCommand.self, ReferenceCommand.self, ExampleCommand.self, TroubleshootingCommand.self])

    struct CheckCommand: DaemonCommand {
        static let configuration = CommandConfiguration(
            commandName: "check",
            abstract:
                "Shows the value of every setting, reports all errors, and says whether the settings can be used.",
            discussion: """
                The last line is `usable: yes` or `usable: no`. The status is 78 where a setting stops the start, and 1 where \
                --connect found a fault. Secrets are not shown.
                """)

        @Flag(help: "Shows the settings alone that are not at their defaults, with values that follow from others.")
        var changed = false

        @Flag(
            help: """
                Reads the files, asks the database and the identity providers, and greets the mail server; changes and sends \
                nothing.
                """)
        var connect = false

        @Flag(help: "Prints one JSON object.")
        var json = false

        @OptionGroup var settings: SettingOptions

        func run(_ invocation: Invocation) async throws(CommandFailure) {
            do throws(CommandFailure) {
                let configuration = try invocation.configuration()
                let checks = connect ? await SettingsCheck.all(configuration) : []
                let failed = checks.count { $0.outcome == .failed }
                show(
                    ConfigurationReport(invocation.sources, configuration), checks, warnings: configuration.warnings,
                    problems: [], isUsable: failed == 0)
                if failed > 0 {
                    throw CommandFailure(.failed, "\(Counted.things(Int64(failed), "check", "checks")) failed.")
                }
            } catch {
                if error.status == .configuration {
                    show(
                        ConfigurationReport(invocation.sources), [], warnings: invocation.sources.warnings,
                        problems: error.sentences.dropFirst().map { String($0.drop { $0 == " " }) }, isUsable: false)
                }
                throw error
            }
        }

        private func show(
            _ report: ConfigurationReport, _ checks: [SettingsCheck], warnings: [String], problems: [String],
            isUsable: Bool
        ) {
            if json {
                var writer = JSONWriter()
                writer.object { object in
                    object.member("usable", isUsable)
                    object.name("settings")
                    report.write(onlyChanged: changed, to: &object)
                    object.member("checks", array: { array in for check in checks { check.write(to: &array) } })
                    object.member("warnings", warnings)
                    object.member("problems", problems)
                }
                StandardStream.output.write(writer.bytes + [0x0A])
            } else {
                for line in report.lines(onlyChanged: changed) { StandardStream.output.line(line) }
                for check in checks { StandardStream.output.line(check.line) }
                for warning in warnings { StandardStream.error.line("warning: \(warning)") }
                StandardStream.output.line("usable: \(isUsable ? "yes" : "no")")
            }
        }
    }

    struct TroubleshootingCommand: PlainCommand {
        static let configuration = CommandConfiguration(
            commandName: "troubleshooting",
            abstract: "Prints what the program says of each setting that is wrong, in Markdown.")

        func perform(_ flags: SettingFlags) {
            StandardStream.output.write(Array(TroubleshootingPage.settings.utf8))
        }
    }

    struct ReferenceCommand: PlainCommand {
        static let configuration = CommandConfiguration(
            commandName: "reference", abstract: "Prints the reference of all settings, in Markdown.")

        func perform(_ flags: SettingFlags) {
            StandardStream.output.write(Array(SettingsReference.markdown.utf8))
        }
    }

    struct ExampleCommand: PlainCommand {
        static let configuration = CommandConfiguration(
            commandName: "example", abstract: "Prints a .env file with every setting commented out.")

        func perform(_ flags: SettingFlags) {
            StandardStream.output.write(Array(SettingsReference.environmentFile.utf8))
        }
    }
}
