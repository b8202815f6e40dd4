// SPDX-License-Identifier: Apache-2.0

/// The lines that fingers follow on a keyboard, without regard to case.
enum KeyboardLines {
    /// Where a character stands in a line.
    struct Place {
        /// The characters of the line.
        let line: [Unicode.Scalar]
        /// An index of it.
        let position: Int
        /// How many characters of the line are no accident.
        let shortest: Int
    }

    /// The places of each character that stands in a line.
    static let places: [Unicode.Scalar: [Place]] = {
        var places: [Unicode.Scalar: [Place]] = [:]
        for (lines, shortest) in [(rows + numericPad, CharacterRun.shortest), (columns + zigzags, 4)] {
            for text in lines {
                let line = Array(text.unicodeScalars)
                for (position, scalar) in line.enumerated() {
                    places[scalar, default: []].append(Place(line: line, position: position, shortest: shortest))
                }
            }
        }
        return places
    }()

    /// QWERTY, QWERTZ, AZERTY and ЙЦУКЕН; the first of each are the digits' row, plain or with Shift.
    private static let rows = [
        "`1234567890-=", "~!@#$%^&*()_+", "qwertyuiop[]\\", "asdfghjkl;'", "zxcvbnm,./",
        "!\"§$%&/()=?", "qwertzuiopü+", "asdfghjklöä#", "yxcvbnm,.-",
        "&é\"'(-è_çà)=", "azertyuiop^$", "qsdfghjklmù*", "wxcvbn,;:!",
        "йцукенгшщзхъ", "фывапролджэ", "ячсмитьбю.",
    ]

    /// Column after column, downwards and upwards, with and without the digits; then down one and up the next.
    private static let columns = [
        "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik,9ol.0p;/", "qazwsxedcrfvtgbyhnujmik,ol.p;/",
        "zaq1xsw2cde3vfr4bgt5nhy6mju7,ki8.lo9/;p0", "zaqxswcdevfrbgtnhymju,ki.lo/;p",
        "!qaz@wsx#edc$rfv%tgb^yhn&ujm*ik<(ol>)p:?", "zaq!xsw@cde#vfr$bgt%nhy^mju&",
        "1qay2wsx3edc4rfv5tgb6zhn7ujm8ik,9ol.0pö-", "qaywsxedcrfvtgbzhnujmik,ol.pö-", "yaq1xsw2cde3vfr4bgt5nhz6mju7",
        "1aqw2zsx3edc4rfv5tgb6yhn7uj,8ik;9ol:0pm!", "aqwzsxedcrfvtgbyhnuj,ik;ol:pm!", "wqa1xsz2cde3vfr4bgt5nhy6",
        "1qazxsw23edcvfr45tgbnhy67ujm,ki89ol./;p0", "qazxswedcvfrtgbnhyujm,kiol./;p",
    ]

    /// From one row to the next and back.
    private static let zigzags = [
        "1q2w3e4r5t6y7u8i9o0p", "q1w2e3r4t5y6u7i8o9p0", "1q2w3e4r5t6z7u8i9o0p", "1a2z3e4r5t6y7u8i9o0p",
        "qawsedrftgyhujikolp;", "aqswdefrgthyjukilo;p", "aqwsderfgtyhjuiklop;", "azsxdcfvgbhnjmk,l.;/",
        "zaxscdvfbgnhmj,k.l/;",
    ]

    /// Row by row from above, column by column from the left both ways, and the diagonals.
    private static let numericPad = ["7894561230", "1472583690", "7418529630", "159", "357", "13579", "24680"]
}
