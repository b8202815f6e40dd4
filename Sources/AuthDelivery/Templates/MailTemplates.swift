// SPDX-License-Identifier: Apache-2.0

public import AuthCore
public import AuthService
import Foundation
import Mustache

/// The compiled templates of all messages, in English, in German, and in the languages of the operator's files.
///
/// A template sees `app`, `address` and `language`, and where they are known `name`, `time`, `device` and `network`; in a
/// message with an action also `token`, `code`, `link` and how long they are valid. In an HTML part every value is
/// escaped, in `{{{triple}}}` braces too.
public struct MailTemplates: Sendable {
    private struct Key: Hashable {
        let name: String
        let language: LanguageTag
        let part: MailTemplatePart
    }

    private let compiled: [Key: MustacheTemplate]
    /// The languages of each message.
    private let languages: [String: [LanguageTag]]
    private static let maximumFileSize = 256 * 1024

    /// Compiles the embedded templates, and those files of a folder that replace some of them.
    ///
    /// A file is called `<name>.<part>.mustache`, such as `password_reset.html.mustache`, and replaces the part in every
    /// language; or `<name>.<language>.<part>.mustache`, such as `password_reset.de.html.mustache`, for one language. `name`
    /// is the name of one of `MailTemplate.all`, and the parts are `subject`, `text` and `html`. A language that is not built
    /// in needs all parts of a message. An empty `html` file makes the message plain text. Other kinds of file are ignored.
    /// Reads the files once: a change needs a restart.
    public init(overridesIn folder: String? = nil) throws(MailTemplateError) {
        let overrides = try folder.map { folder throws(MailTemplateError) in try Self.overrides(in: folder) } ?? [:]
        var compiled: [Key: MustacheTemplate] = [:]
        var languages: [String: [LanguageTag]] = [:]
        for template in MailTemplate.all {
            let added = Set(overrides.keys.filter { $0.template == template.name }.compactMap(\.language))
            let builtIn = Language.allCases.map(\.tag)
            let all = builtIn + added.subtracting(builtIn).sorted { $0.text < $1.text }
            languages[template.name] = all
            for language in all {
                for part in MailTemplatePart.allCases {
                    let own = MailTemplateFile(template, language, part)
                    let file = overrides[own] == nil ? MailTemplateFile(template, nil, part) : own
                    let key = Key(name: template.name, language: language, part: part)
                    if let source = overrides[file] {
                        compiled[key] = try Self.compile(source, of: template, part, file: file.name)
                    } else if let known = Language(language), known.tag == language {
                        let source = part.source(of: template, in: known)
                        compiled[key] = try Self.compile(source, of: template, part, file: own.name)
                    } else {
                        throw .partMissing(name: own.name)
                    }
                }
            }
        }
        self.compiled = compiled
        self.languages = languages
    }

    /// The language that a message is written in: the recipient's, else the default, else English.
    func language(
        of template: MailTemplate, preferred: LanguageTag?, default fallback: LanguageTag
    ) -> LanguageTag {
        let available = languages[template.name] ?? []
        return preferred?.lookUp(in: available) ?? fallback.lookUp(in: available) ?? Language.english.tag
    }

    /// Fills a message's templates in.
    ///
    /// Values are text; escaping them for HTML is done here.
    func render(
        _ template: MailTemplate, _ values: [String: String], in language: LanguageTag = Language.english.tag
    ) -> RenderedMail {
        func part(_ part: MailTemplatePart) -> MustacheTemplate? {
            compiled[Key(name: template.name, language: language, part: part)]
        }
        return RenderedMail(
            subject: HeaderText(part(.subject)?.render(values) ?? ""),
            text: part(.text)?.render(values) ?? "",
            html: part(.html)?.render(values.mapValues(Self.escapedForHTML)))
    }

    /// Compiles and checks one part; `nil` for an empty part in HTML.
    private static func compile(
        _ source: String, of template: MailTemplate, _ part: MailTemplatePart, file: String
    ) throws(MailTemplateError) -> MustacheTemplate? {
        if source.allSatisfy(\.isWhitespace) {
            guard part == .html else { throw .empty(name: file) }
            return nil
        }
        let compiled: MustacheTemplate
        do {
            // Mustache's own HTML escaping works on grapheme clusters and lets a quote pass that a combining mark
            // follows. Values for HTML come escaped scalar by scalar instead.
            compiled = try MustacheTemplate(string: "{{% CONTENT_TYPE:TEXT}}" + source)
        } catch {
            let line = (error as? MustacheTemplate.ParserError)?.context.lineNumber ?? 1
            throw .malformed(name: file, line: line, fault(error))
        }
        try checkTags(of: source, template, file: file)
        try checkCode(in: compiled, of: template, part, file: file, lines: source.split(separator: "\n").count)
        return compiled
    }

    private static func fault(_ error: any Error) -> MailTemplateError.Fault {
        switch (error as? MustacheTemplate.ParserError)?.error as? MustacheTemplate.Error {
        case .unfinishedName: .unfinishedTag
        case .expectedSectionEnd: .openSection
        case .sectionCloseNameIncorrect: .wrongSection
        case .none: .unfinishedTag
        default: .other
        }
    }

    private static func checkTags(
        of source: String, _ template: MailTemplate, file: String
    ) throws(MailTemplateError) {
        let known = MailVariables.names(of: template)
        let functions = ["capitalized", "lowercased", "uppercased", "empty"]
        for tag in MustacheTag.tags(in: source) {
            switch tag.kind {
            case .inclusion: throw .inclusion(name: file, line: tag.line)
            case .value:
                // A dot shows the value of the section around it.
                guard tag.functions.allSatisfy(functions.contains), tag.variable == "." || known.contains(tag.variable)
                else { throw .unknownVariable(name: file, line: tag.line, variable: tag.name, known: known) }
            }
        }
    }

    /// Renders a part of a message that needs its code, with and without link and code, and looks for the code.
    private static func checkCode(
        in compiled: MustacheTemplate, of template: MailTemplate, _ part: MailTemplatePart, file: String, lines: Int
    ) throws(MailTemplateError) {
        guard template.action != nil, part != .subject else { return }
        let (token, code) = ("probe-of-the-token", "probe-of-the-code")
        let link = ["link": "https://link.example/#token=\(token)"]
        if template.action == .reauthenticate {
            guard compiled.render(["code": code]).contains(code) else { throw .codeMissing(name: file, lines: lines) }
            return
        }
        for further in [[:], link, ["code": code], link.merging(["code": code]) { first, _ in first }] {
            let rendered = compiled.render(["token": token].merging(further) { first, _ in first })
            guard rendered.contains(token) || rendered.contains(code) else {
                throw .codeMissing(name: file, lines: lines)
            }
        }
    }

    private static func overrides(in folder: String) throws(MailTemplateError) -> [MailTemplateFile: String] {
        guard let files = try? FileManager.default.contentsOfDirectory(atPath: folder) else {
            throw .unreadableFolder(path: folder)
        }
        var overrides: [MailTemplateFile: String] = [:]
        for name in files.sorted() where name.hasSuffix(MailTemplateFile.suffix) {
            guard let file = MailTemplateFile(named: name) else { throw .unknownFile(name: name) }
            guard let handle = FileHandle(forReadingAtPath: "\(folder)/\(name)"),
                let data = try? handle.read(upToCount: maximumFileSize + 1) ?? Data(),
                data.count <= maximumFileSize,
                let text = String(validating: ByteOrderMark.skipped(in: Array(data)[...]), as: UTF8.self)
            else { throw .unreadableFile(name: name) }
            overrides[file] = text
        }
        return overrides
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
