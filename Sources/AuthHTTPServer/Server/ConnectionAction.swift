// SPDX-License-Identifier: Apache-2.0

/// What ``ConnectionMachine`` wants done.
enum ConnectionAction: Hashable {
    /// Read from the socket.
    case read
    /// Hand the replies that were written to the socket.
    case flush
    /// Write `100 Continue`.
    case askForBody
    /// Give the admitted request and its body to a task, and report `replied`.
    case respond
    /// Cancel that task.
    case cancel
    /// Write the reply to what is no request.
    case refuse(TransportFailure)
    /// Hand the rest to the socket, and report `written`.
    case finish
    /// Close the half on which replies are sent.
    case closeOutput
    /// Cancel the task, if there is one, and close the connection without regard for what is unsent.
    case close
}

/// At most three actions in order, kept without an allocation.
struct ConnectionActions: Equatable, Sequence {
    private let first: ConnectionAction?
    private let second: ConnectionAction?
    private let third: ConnectionAction?

    /// Actions that are absent leave no gap.
    init(_ first: ConnectionAction? = nil, _ second: ConnectionAction? = nil, _ third: ConnectionAction? = nil) {
        switch (first, second) {
        case (.some, .some): (self.first, self.second, self.third) = (first, second, third)
        case (.some, nil): (self.first, self.second, self.third) = (first, third, nil)
        case (nil, .some): (self.first, self.second, self.third) = (second, third, nil)
        case (nil, nil): (self.first, self.second, self.third) = (third, nil, nil)
        }
    }

    struct Iterator: IteratorProtocol {
        fileprivate var rest: ConnectionActions

        mutating func next() -> ConnectionAction? {
            guard let action = rest.first else { return nil }
            rest = ConnectionActions(rest.second, rest.third)
            return action
        }
    }

    func makeIterator() -> Iterator { Iterator(rest: self) }
}

/// How a reply is written, and what follows it.
struct ConnectionAnswer: Equatable {
    let persistence: ReplyWriter.Persistence
    let then: ConnectionActions
}
