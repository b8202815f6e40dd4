// SPDX-License-Identifier: Apache-2.0

import Logging
import ServiceLifecycle

/// Gives memory back to the system after bursts.
struct MemoryMaintenance: Service {
    let logger: Logger

    /// How often it looks.
    private static let interval = Duration.seconds(5)

    func run() async {
        await cancelWhenGracefulShutdown {
            var trimming = HeapTrimming()
            while (try? await Task.sleep(for: Self.interval)) != nil {
                guard let before = ProcessMemory.resident,
                    trimming.isDue(inUse: ProcessMemory.inUse, free: ProcessMemory.free, resident: before.all)
                else { continue }
                ProcessMemory.trim()
                let after = ProcessMemory.resident ?? before
                trimming.trimmed(resident: after.all)
                logger.debug(
                    "memory was given back",
                    metadata: [
                        "resident_before": .stringConvertible(before.all),
                        "resident_after": .stringConvertible(after.all),
                    ])
            }
        }
    }
}
