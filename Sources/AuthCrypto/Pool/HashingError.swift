// SPDX-License-Identifier: Apache-2.0

/// Why a hash was not computed.
@nonexhaustive
public enum HashingError: Error, Equatable, Sendable {
    /// The queue is full, or the job waited beyond its deadline. Trying again makes sense after `retryAfter`.
    case overloaded(retryAfter: Duration)
    /// The task that asked was cancelled before its job began.
    case cancelled
    /// The pool is shut down or about to be.
    case shutDown
    /// The library could not compute it.
    case failed(CryptoError)
}
