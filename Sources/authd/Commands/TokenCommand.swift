// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import AuthCore
import AuthService
import Glibc

/// `authd token`: access tokens as an operator meets them, in a complaint or a log of another service.
struct TokenCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "token", abstract: "Inspects access tokens.", discussion: SettingOptions.note,
        subcommands: [InspectCommand.self])

    struct InspectCommand: DaemonCommand {
        static let configuration = CommandConfiguration(
            commandName: "inspect", abstract: "Shows what an access token says, and whether the daemon accepts it.",
            discussion: """
                Reads the token from one line of standard input, or from the argument, which every user of the host can read \
                while the command runs. Shows the claims, whether its key is known, and why it is rejected if it is; the exit \
                status is 1 then. What a forged or malformed token says is shown, too. The token itself is neither shown nor \
                logged.
                """)

        @OptionGroup var settings: SettingOptions
        @Argument(help: "The access token; without it, one line of standard input.")
        var token: String?
        @OptionGroup var listing: ListingOptions

        func run(_ invocation: Invocation) async throws(CommandFailure) {
            let configuration = try invocation.configuration()
            try configuration.requireDatabase()
            let text: String
            if let token {
                text = TokenText.cleaned(token)
            } else {
                text = TokenText.cleaned(try TokenText.fromStandardInput())
            }
            let parsed: UnverifiedJWS
            do throws(TokenError) {
                parsed = try UnverifiedJWS(parsing: text, maximumBytes: TokenText.longestToken)
            } catch {
                throw CommandFailure(.failed, TokenText.sentence(forUnreadable: text, error))
            }
            try await CommandService.with(invocation) { (service) throws(CommandFailure) in
                let key = try await TokenInspection.keyState(of: parsed, configuration.signing, service)
                let inspection = TokenInspection(parsed, key: key)
                let rejection: String?
                if inspection.isOfSupabase {
                    rejection = await TokenInspection.supabaseRejection(of: text, by: service)
                } else {
                    rejection = await TokenInspection.rejection(of: text, by: service)
                }
                listing.show(inspection.record(isAccepted: rejection == nil))
                if let rejection { throw CommandFailure(.failed, rejection) }
                StandardStream.error.line(
                    inspection.isOfSupabase
                        ? "The daemon accepts the token in Supabase's API, below /auth/v1 alone."
                        : "The daemon accepts the token.")
            }
        }
    }
}

/// The text of a token as an operator pastes it.
enum TokenText {
    /// The longest token that is read, which is one of Supabase's API.
    static let longestToken = 16_384
    /// More than any token that is read.
    private static let maximumBytes = 65_536

    /// One line of standard input.
    static func fromStandardInput() throws(CommandFailure) -> String {
        if isatty(STDIN_FILENO) == 1 { StandardStream.error.write(Array("Token: ".utf8)) }
        guard let text = StandardInput.line(maximumBytes: maximumBytes) else {
            throw CommandFailure(.failed, "The token is not UTF-8.")
        }
        return text
    }

    /// Without blanks around it, the word `Bearer` before it and quotes.
    static func cleaned(_ text: String) -> String {
        var octets = Array(text.utf8)[...]
        let trimmed: Set<UInt8> = [0x20, 0x09, 0x0D, 0x0A, UInt8(ascii: "\""), UInt8(ascii: "'")]
        func trim() {
            while let first = octets.first, trimmed.contains(first) { octets.removeFirst() }
            while let last = octets.last, trimmed.contains(last) { octets.removeLast() }
        }
        trim()
        if ASCIICase.matches(String(decoding: octets.prefix(7), as: UTF8.self), lowercase: "bearer ") {
            octets = octets.dropFirst(7)
            trim()
        }
        return String(decoding: octets, as: UTF8.self)
    }

    /// Why a text is not even read as a token; nothing of the text is in it.
    static func sentence(forUnreadable text: String, _ error: TokenError) -> String {
        if text.isEmpty { return "There is no token: give it on standard input." }
        if text.utf8.starts(with: "aot_".utf8) {
            return "This is a one-time code from a mail, not an access token; it cannot be inspected."
        }
        if !text.utf8.contains(UInt8(ascii: ".")) {
            return
                "This is not an access token, which has three parts with dots between them; a refresh token cannot be "
                + "inspected."
        }
        return TokenInspection.sentence(for: error)
    }
}
