// SPDX-License-Identifier: Apache-2.0

import AuthCore
import AuthService
import Foundation
import Mustache

/// The compiled templates of all messages.
///
/// A template sees `app`, `address`, and where they apply `name`, `token`, `link` and `expiry`. In an HTML part every
/// value is escaped, in `{{{triple}}}` braces too.
public struct MailTemplates: Sendable {
    private struct Key: Hashable {
        let name: String
        let part: MailTemplatePart

        var fileName: String { "\(name).\(part.rawValue).mustache" }
    }

    private let compiled: [Key: MustacheTemplate]
    private static let maximumFileSize = 256 * 1024

    /// Compiles the embedded templates, and those files of a folder that replace some of them.
    ///
    /// A file is called `<name>.<part>.mustache`, such as `password_reset.html.mustache`: `name` is the name of one of
    /// `MailTemplate.all`, and the parts are `subject`, `text` and `html`. An empty `html` file makes the message plain
    /// text. Other kinds of file are ignored. Reads the files once: a change needs a restart.
    public init(overridesIn folder: String? = nil) throws(MailTemplateError) {
        var sources: [Key: String] = [:]
        for template in MailTemplate.all {
            for part in MailTemplatePart.allCases {
                sources[Key(name: template.name, part: part)] = part.source(of: template)
            }
        }
        if let folder {
            try sources.merge(Self.overrides(in: folder, names: Array(sources.keys))) { _, override in override }
        }
        compiled = try Self.compile(sources)
        try requireCodes()
    }

    /// Fills a message's templates in.
    ///
    /// Values are text; escaping them for HTML is done here.
    func render(_ template: MailTemplate, _ values: [String: String]) -> RenderedMail {
        let name = template.name
        return RenderedMail(
            subject: HeaderText(compiled[Key(name: name, part: .subject)]?.render(values) ?? ""),
            text: compiled[Key(name: name, part: .text)]?.render(values) ?? "",
            html: compiled[Key(name: name, part: .html)]?.render(values.mapValues(Self.escapedForHTML)))
    }

    private static func compile(_ sources: [Key: String]) throws(MailTemplateError) -> [Key: MustacheTemplate] {
        var compiled: [Key: MustacheTemplate] = [:]
        for (key, source) in sources where key.part != .html || !source.allSatisfy(\.isWhitespace) {
            // Mustache's own HTML escaping works on grapheme clusters and lets a quote pass that a combining mark
            // follows. Values for HTML come escaped scalar by scalar instead.
            do {
                compiled[key] = try MustacheTemplate(string: "{{% CONTENT_TYPE:TEXT}}" + source)
            } catch {
                throw .malformed(name: key.fileName)
            }
        }
        return compiled
    }

    private static func overrides(in folder: String, names: [Key]) throws(MailTemplateError) -> [Key: String] {
        guard let files = try? FileManager.default.contentsOfDirectory(atPath: folder) else {
            throw .unreadableFolder(path: folder)
        }
        var overrides: [Key: String] = [:]
        for file in files.sorted() where file.hasSuffix(".mustache") {
            guard let key = names.first(where: { $0.fileName == file }) else { throw .unknownFile(name: file) }
            guard let handle = FileHandle(forReadingAtPath: "\(folder)/\(file)"),
                let data = try? handle.read(upToCount: maximumFileSize + 1) ?? Data(),
                data.count <= maximumFileSize,
                let text = String(validating: ByteOrderMark.skipped(in: Array(data)[...]), as: UTF8.self)
            else { throw .unreadableFile(name: file) }
            overrides[key] = text
        }
        return overrides
    }

    /// Renders each message that needs its code, once with a link and once without, and looks for the code.
    private func requireCodes() throws(MailTemplateError) {
        let probe = "probe-of-the-code"
        for template in MailTemplate.all where template.action != nil {
            for values in [["token": probe], ["token": probe, "link": "https://link.example/#token=\(probe)"]] {
                let rendered = render(template, values)
                guard rendered.text.contains(probe) else {
                    throw .codeMissing(name: Key(name: template.name, part: .text).fileName)
                }
                guard rendered.html?.contains(probe) != false else {
                    throw .codeMissing(name: Key(name: template.name, part: .html).fileName)
                }
            }
        }
    }

    private static func escapedForHTML(_ text: String) -> String {
        var escaped = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": escaped.append(contentsOf: "&amp;".unicodeScalars)
            case "<": escaped.append(contentsOf: "&lt;".unicodeScalars)
            case ">": escaped.append(contentsOf: "&gt;".unicodeScalars)
            case "\"": escaped.append(contentsOf: "&quot;".unicodeScalars)
            case "'": escaped.append(contentsOf: "&#39;".unicodeScalars)
            default: escaped.append(scalar)
            }
        }
        return String(escaped)
    }
}
