// SPDX-License-Identifier: Apache-2.0

/// One call per member, for the kinds of value that bodies and claims are made of.
extension JSONWriter {
    /// Writes a name and a text.
    public mutating func member(_ name: String, _ value: String) {
        self.name(name)
        string(value)
    }

    /// Writes a name and an integer.
    public mutating func member(_ name: String, _ value: Int64) {
        self.name(name)
        integer(value)
    }

    /// Writes a name and a Boolean.
    public mutating func member(_ name: String, _ value: Bool) {
        self.name(name)
        bool(value)
    }

    /// Writes a name and an array of texts.
    public mutating func member(_ name: String, _ values: [String]) {
        self.name(name)
        array { for value in values { $0.string(value) } }
    }

    /// Writes a name and any value.
    public mutating func member(_ name: String, _ value: JSONValue) {
        self.name(name)
        self.value(value)
    }

    /// Writes a name and an object whose members `body` writes.
    public mutating func member(_ name: String, object body: (inout JSONWriter) -> Void) {
        self.name(name)
        object(body)
    }

    /// Writes a name and an array whose elements `body` writes.
    public mutating func member(_ name: String, array body: (inout JSONWriter) -> Void) {
        self.name(name)
        array(body)
    }

    /// Writes nothing if there is no value.
    public mutating func member(ifPresent name: String, _ value: String?) {
        if let value { member(name, value) }
    }

    /// Writes nothing if there is no value.
    public mutating func member(ifPresent name: String, _ value: Int64?) {
        if let value { member(name, value) }
    }

    /// Writes a name and a text, or `null` where there is none.
    public mutating func member(orNull name: String, _ value: String?) {
        self.name(name)
        if let value { string(value) } else { null() }
    }

    /// Writes a name and an integer, or `null` where there is none.
    public mutating func member(orNull name: String, _ value: Int64?) {
        self.name(name)
        if let value { integer(value) } else { null() }
    }
}
