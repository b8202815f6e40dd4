// SPDX-License-Identifier: Apache-2.0

import Testing

extension Trait where Self == ParallelizationTrait {
    /// Runs the tests of a suite one after another: each starts programs of its own, and all of them at once would wait
    /// for the processors until their time is up.
    static var oneAtATime: Self { .serialized }
}
