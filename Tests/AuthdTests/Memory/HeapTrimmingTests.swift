// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import authd

@Suite("Returning memory to the system")
struct HeapTrimmingTests {
    private static let mebibyte = 1024 * 1024

    @Test("memory is returned after a burst, and not again until the process has grown")
    func burst() {
        var trimming = HeapTrimming()
        func isDue(_ inUse: Int, _ free: Int, _ resident: Int) -> Bool {
            trimming.isDue(inUse: inUse * Self.mebibyte, free: free * Self.mebibyte, resident: resident * Self.mebibyte)
        }

        #expect(!isDue(10, 0, 50))
        #expect(!isDue(60, 2, 110))
        #expect(!isDue(90, 30, 160))
        #expect(isDue(20, 70, 160))
        trimming.trimmed(resident: 60 * Self.mebibyte)
        #expect(!isDue(20, 70, 60))
        #expect(!isDue(20, 70, 63))
        #expect(isDue(20, 70, 70))
    }

    @Test("little memory is not returned")
    func little() {
        var trimming = HeapTrimming()
        for _ in 0..<3 {
            let isDue = trimming.isDue(
                inUse: 30 * Self.mebibyte, free: 4 * Self.mebibyte, resident: 60 * Self.mebibyte)
            #expect(!isDue)
        }
    }

    @Test("resident memory is read as proc(5) has it")
    func resident() throws {
        let memory = try #require(
            ProcessMemory.resident(statm: Array("91234 10467 8123 17532 0 9876 0\n".utf8), pageSize: 4_096))
        #expect(memory.all == 10_467 * 4_096)
        #expect(memory.files == 8_123 * 4_096)
        #expect(ProcessMemory.resident(statm: Array("91234 x".utf8), pageSize: 4_096) == nil)
        #expect(ProcessMemory.resident.map { $0.all > $0.files } == true)
    }

    @Test(
        "there are a few arenas, whatever the number of processors",
        arguments: [(0, 2), (1, 2), (2, 2), (6, 6), (64, 8)])
    func arenas(processors: Int, expected: Int) {
        #expect(ProcessMemory.arenas(processors: processors) == expected)
    }
}
