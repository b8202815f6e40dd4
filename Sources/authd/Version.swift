// SPDX-License-Identifier: Apache-2.0

/// Which authd this is.
enum Version {
    /// The version by semantic versioning.
    static let text = "0.1.0"
}
