// SPDX-License-Identifier: Apache-2.0

/// Why bytes are not the JSON text that is accepted here.
///
/// Offsets count bytes from the start of the text. A fault inside a string is reported where it stands, broken UTF-8 at
/// the quotation mark that opens the string. No case carries any of the text, so errors are safe to send and to log.
@nonexhaustive
public enum JSONError: Error, Hashable, Sendable {
    /// More bytes than the limits allow; nothing was read.
    case tooLarge(maximum: Int)
    /// Arrays and objects are nested deeper than the limits allow.
    case tooDeep(at: Int)
    /// The text stops before its value is complete.
    case unexpectedEnd(at: Int)
    /// A byte that the grammar does not allow here; a byte order mark is one.
    case unexpectedByte(at: Int)
    /// Bytes in a string that are not UTF-8.
    case invalidUTF8(at: Int)
    /// An unescaped control character in a string.
    case controlCharacter(at: Int)
    /// A backslash that starts no escape of RFC 8259 §7.
    case invalidEscape(at: Int)
    /// A surrogate escape without its other half.
    case loneSurrogate(at: Int)
    /// A number with a leading zero, a bare sign, or an empty fraction or exponent.
    case invalidNumber(at: Int)
    /// A number too large for a finite double.
    case numberOutOfRange(at: Int)
    /// An object names a member twice, compared by octets after unescaping.
    case duplicateName(at: Int)
    /// The name of a member has more octets, after unescaping, than the limits allow.
    case nameTooLong(at: Int)
    /// Something other than white space follows the value.
    case trailingBytes(at: Int)
}
