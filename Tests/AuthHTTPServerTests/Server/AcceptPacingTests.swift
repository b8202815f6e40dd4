// SPDX-License-Identifier: Apache-2.0

import Glibc
import NIOCore
import NIOEmbedded
import Testing

@testable import AuthHTTPServer

@Suite("Accepting without descriptors") struct AcceptPacingTests {
    @Test(
        "without descriptors or memory accepting pauses, and then resumes",
        arguments: [EMFILE, ENFILE, ENOBUFS, ENOMEM])
    func pauses(code: CInt) throws {
        var pauses = 0
        let listener = EmbeddedChannel(handler: AcceptPacing { _ in pauses += 1 })

        listener.pipeline.fireErrorCaught(IOError(errnoCode: code, reason: "accept"))
        listener.pipeline.fireErrorCaught(IOError(errnoCode: code, reason: "accept"))
        #expect(autoRead(of: listener) == false)
        listener.embeddedEventLoop.advanceTime(by: AcceptPacing.pause - .milliseconds(1))
        #expect(autoRead(of: listener) == false)
        #expect(pauses == 1)

        listener.embeddedEventLoop.advanceTime(by: .milliseconds(1))
        #expect(autoRead(of: listener) == true)
        listener.pipeline.fireErrorCaught(IOError(errnoCode: code, reason: "accept"))
        #expect(autoRead(of: listener) == false)
        #expect(pauses == 2)
        // It goes no further, where it would count as an error of the socket.
        try listener.throwIfErrorCaught()
    }

    @Test("a connection that its client closed is no reason to pause")
    func aborted() throws {
        let listener = EmbeddedChannel(handler: AcceptPacing { _ in Issue.record("it paused") })

        listener.pipeline.fireErrorCaught(IOError(errnoCode: ECONNABORTED, reason: "accept"))

        #expect(autoRead(of: listener) == nil)
        #expect(throws: IOError.self) { try listener.throwIfErrorCaught() }
    }

    private func autoRead(of channel: EmbeddedChannel) -> Bool? {
        channel.options.last { $0.option is ChannelOptions.Types.AutoReadOption }?.value as? Bool
    }
}
