// SPDX-License-Identifier: Apache-2.0

/// Why a folder of template overrides cannot be used.
///
/// Found at the start, not when a mail is due. A `line` is counted from 1.
@nonexhaustive
public enum MailTemplateError: Error, Hashable, Sendable {
    /// Why a file is not a Mustache template.
    @nonexhaustive
    public enum Fault: Hashable, Sendable {
        /// A tag has no end, or a name that Mustache does not allow.
        case unfinishedTag
        /// A section is not closed.
        case openSection
        /// A section is closed that is not the last one opened.
        case wrongSection
        /// Anything else.
        case other
    }

    /// The folder does not exist or cannot be listed.
    case unreadableFolder(path: String)
    /// A file cannot be read, is larger than 256 KiB or is not UTF-8.
    case unreadableFile(name: String)
    /// A `.mustache` file that no message uses, most likely a misspelt name.
    case unknownFile(name: String)
    /// A file is not a valid Mustache template.
    case malformed(name: String, line: Int, Fault)
    /// A tag names a value that this message does not have; `known` are the names that it has.
    case unknownVariable(name: String, line: Int, variable: String, known: [String])
    /// A tag takes another template in, which there is none of.
    case inclusion(name: String, line: Int)
    /// The text or HTML of a message that must carry its code shows neither `{{code}}` nor `{{token}}` nor `{{link}}`,
    /// in at least one of the cases that link and code are there or not.
    case codeMissing(name: String, lines: Int)
    /// A subject or text says nothing.
    case empty(name: String)
    /// A language that is not built in has some files for a message, but not this one.
    case partMissing(name: String)
}

extension MailTemplateError: CustomStringConvertible {
    /// What is wrong, with the file and the line, and what to do; without a full stop.
    public var description: String {
        switch self {
        case .unreadableFolder(let path): "the folder \(path) cannot be listed; make it, or remove the setting"
        case .unreadableFile(let name): "\(name) cannot be read, is larger than 256 KiB or is not UTF-8"
        case .unknownFile(let name): "\(name) belongs to no message; its name may be misspelt"
        case .malformed(let name, let line, let fault):
            "\(name) is not a Mustache template: at line \(line) \(fault.clause)"
        case .unknownVariable(let name, let line, let variable, let known):
            "line \(line) of \(name) shows {{\(variable)}}, which this message does not have; it has "
                + known.joined(separator: ", ")
        case .inclusion(let name, let line):
            "line \(line) of \(name) takes in another template, which is not possible; write it out"
        case .codeMissing(let name, let lines):
            "\(name) shows neither {{code}} nor {{token}} nor {{link}} in its \(lines == 1 ? "line" : "\(lines) lines"), or not "
                + "in a message that has only one of them"
        case .empty(let name): "\(name) is empty; write it, or remove the file"
        case .partMissing(let name): "\(name) is missing beside the other files of its message and language"
        }
    }
}

extension MailTemplateError.Fault {
    fileprivate var clause: String {
        switch self {
        case .unfinishedTag: "a tag has no end or a name with other characters than letters, digits and underscores"
        case .openSection: "a section is still open"
        case .wrongSection: "a section is closed that is not the last one opened"
        case .other: "a tag is malformed"
        }
    }
}
