// SPDX-License-Identifier: Apache-2.0

extension Schema {
    /// A password that is to be set, in the lengths of the default policy.
    static func newPassword(_ remark: String? = nil) -> Schema {
        let rules =
            "Not among the most common ones (`common_password`), no pattern and no padded word (`trivial_password`), and not "
            + "built from the user's name or address; under 12 characters with a digit and a symbol, unless the operator "
            + "set another rule."
        return .string(remark.map { "\($0) \(rules)" } ?? rules, format: "password", lengths: 8...1024)
    }
}
