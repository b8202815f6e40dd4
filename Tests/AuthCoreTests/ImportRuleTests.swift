// SPDX-License-Identifier: Apache-2.0

import Testing

@Suite("Imports of AuthCore") struct ImportRuleTests {
    static let normalization = "Text/UnicodeNormalization.swift"

    @Test("nothing is imported but Synchronization, and the SPI of one file")
    func importsNothing() throws {
        let files = try TestSource.swiftFiles(below: "Sources/AuthCore")
        try #require(files.contains(Self.normalization))

        for file in files {
            let imports = try importLines(of: "Sources/AuthCore/\(file)")
            if file == Self.normalization {
                #expect(imports == ["@_spi(_Unicode) import Swift"])
            } else {
                #expect(imports.allSatisfy { $0.hasSuffix("import Synchronization") }, "\(file) imports \(imports)")
            }
        }
    }

    @Test("every file begins with its licence")
    func licence() throws {
        for file in try TestSource.swiftFiles(below: "Sources/AuthCore") {
            let text = try TestSource.text("Sources/AuthCore/\(file)")
            #expect(text.hasPrefix("// SPDX-License-Identifier: Apache-2.0"), "\(file)")
        }
    }

    private func importLines(of path: String) throws -> [String] {
        try TestSource.text(path).split(separator: "\n").map(String.init).filter { line in
            let words = line.split(separator: " ")
            return !line.hasPrefix(" ") && !line.hasPrefix("//") && words.contains("import")
        }
    }
}
