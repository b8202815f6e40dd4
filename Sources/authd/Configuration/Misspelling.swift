// SPDX-License-Identifier: Apache-2.0

/// Finds the setting that the operator meant who wrote another name.
enum Misspelling {
    /// The setting whose name is nearly `name`; `nil` for the name of a setting and for what resembles none.
    ///
    /// Nearly means the same letters in another order or case, or one edit, or two in a name of eight letters and more:
    /// the environment is full of names that are none of ours, and `HOME` is not a misspelt `HOST`.
    static func setting(meantBy name: String) -> SettingKey? {
        guard SettingName(name) == nil, name.utf8.count <= 64 else { return nil }
        let given = Array(name.utf8.map(upperCase))
        let sorted = given.sorted()
        // Every name of the environment comes here: most settings differ from it by their length alone.
        let candidates = names.filter { abs($0.name.count - given.count) <= edits(in: $0.name) }
        if let same = candidates.first(where: { $0.name.count == given.count && $0.name.sorted() == sorted }) {
            return same.key
        }
        let near = candidates.map { (key: $0.key, distance: distance(given, $0.name), edits: edits(in: $0.name)) }
            .filter { $0.distance <= $0.edits }
        return near.min { $0.distance < $1.distance }?.key
    }

    private static let names = SettingKey.allCases.map { (key: $0, name: Array($0.rawValue.utf8)) }

    /// How many edits may lie between a setting's name and one that is nearly it.
    private static func edits(in name: [UInt8]) -> Int { name.count >= 8 ? 2 : 1 }

    /// How many letters must be inserted, removed or replaced to make one name of the other.
    static func distance(_ left: [UInt8], _ right: [UInt8]) -> Int {
        var row = Array(0...right.count)
        for (i, letter) in left.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for (j, other) in right.enumerated() {
                let replaced = diagonal + (letter == other ? 0 : 1)
                diagonal = row[j + 1]
                row[j + 1] = min(replaced, row[j] + 1, row[j + 1] + 1)
            }
        }
        return row[right.count]
    }

    private static func upperCase(_ byte: UInt8) -> UInt8 {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"): byte - 32
        case UInt8(ascii: "-"): UInt8(ascii: "_")
        default: byte
        }
    }
}
