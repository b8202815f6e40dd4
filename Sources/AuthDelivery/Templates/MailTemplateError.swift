// SPDX-License-Identifier: Apache-2.0

/// Why a folder of template overrides cannot be used.
///
/// Found at the start, not when a mail is due.
@nonexhaustive
public enum MailTemplateError: Error, Hashable, Sendable {
    /// The folder does not exist or cannot be listed.
    case unreadableFolder(path: String)
    /// A file cannot be read, is larger than 256 KiB or is not UTF-8.
    case unreadableFile(name: String)
    /// A `.mustache` file that no message uses, most likely a misspelt name.
    case unknownFile(name: String)
    /// A file is not a valid Mustache template.
    case malformed(name: String)
    /// The text or HTML of a message that must carry its code shows neither `{{token}}` nor `{{link}}`.
    case codeMissing(name: String)
}
