// SPDX-License-Identifier: Apache-2.0

/// Sends texts through every place that reads text from the network, so that valgrind can count what each one costs.
///
/// Writes a line for each measured call, in order: the name of the reader, a tab, the kind and length of the text.
/// Everything happens on one thread, without sockets and without waiting.
@main
enum InstructionProbe {
    static func main() {
        #if DEBUG
            for reader in WireReaders.all() {
                let (full, half) = (reader.octets, reader.octets / 2)
                // What is made at first use is made before anything is counted.
                reader.read(Samples.ascii(64))
                reader.read(Samples.marks(64))
                for (label, text) in [
                    ("marks/full", Samples.marks(full)), ("marks/half", Samples.marks(half)),
                    ("ascii/full", Samples.ascii(full)),
                ] {
                    let call = reader.prepare(text)
                    print("\(reader.name)\t\(label)")
                    countedCall(call)
                }
            }
        #else
            print("The probe needs a debug build.")
        #endif
    }
}

/// What valgrind counts the instructions of; it finds the function by its name.
@inline(never)
func countedCall(_ body: () -> Void) {
    body()
}

/// The texts that are sent.
enum Samples {
    /// Combining marks of two classes, those of the higher class first: the worst order for sorting by insertion.
    static func marks(_ octets: Int) -> String {
        String(repeating: "\u{301}", count: octets / 4) + String(repeating: "\u{316}", count: octets / 4)
    }

    static func ascii(_ octets: Int) -> String {
        String(repeating: "a", count: octets)
    }
}
