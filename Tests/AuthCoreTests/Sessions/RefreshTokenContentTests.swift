// SPDX-License-Identifier: Apache-2.0

import AuthCore
import Testing

@Suite("Refresh token content")
struct RefreshTokenContentTests {
    let content = RefreshTokenContent(
        keyID: 0xA1B2_C3D4, userID: UserID(UUIDv7(high: 1, low: 2)), sessionID: SessionID(UUIDv7(high: 3, low: 4)),
        counter: 7)
    let mac = [UInt8](repeating: 0x5A, count: 32)

    @Test("a token is read as it was written")
    func roundTrip() throws {
        let text = content.text(mac: mac)
        let (read, readMAC) = try #require(RefreshTokenContent.parse(text))

        #expect(text.hasPrefix("art_"))
        #expect(text.utf8.count == RefreshTokenContent.length)
        #expect(read == content)
        #expect(readMAC == mac)
    }

    @Test("a changed character is another content, another MAC or nothing")
    func changedCharacter() throws {
        let text = Array(content.text(mac: mac).utf8)
        for position in text.indices {
            var changed = text
            changed[position] = changed[position] == UInt8(ascii: "A") ? UInt8(ascii: "B") : UInt8(ascii: "A")
            let parsed = RefreshTokenContent.parse(String(decoding: changed, as: UTF8.self))
            #expect(parsed.map { $0.content != content || $0.mac != mac } ?? true)
        }
    }

    @Test("those of the two APIs are told apart by what they begin with")
    func prefixes() throws {
        let other = RefreshTokenContent.supabasePrefix
        let text = content.text(mac: mac, prefix: other)
        let (read, readMAC) = try #require(RefreshTokenContent.parse(text, prefix: other))

        #expect(read == content && readMAC == mac)
        #expect(text.utf8.starts(with: "asr_".utf8) && text.utf8.count == RefreshTokenContent.length)
        #expect(RefreshTokenContent.parse(text) == nil)
        #expect(RefreshTokenContent.parse(content.text(mac: mac), prefix: other) == nil)
    }

    @Test("anything else is refused")
    func refusals() {
        let text = content.text(mac: mac)
        let negative = RefreshTokenContent(
            keyID: 1, userID: content.userID, sessionID: content.sessionID, counter: -1
        ).text(mac: mac)

        for junk in ["", "art_", text + "A", String(text.dropLast()), " " + text, "arx_" + text.dropFirst(4), negative]
        {
            #expect(RefreshTokenContent.parse(junk) == nil)
        }
    }
}
