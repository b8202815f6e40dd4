// SPDX-License-Identifier: Apache-2.0

import AuthSystem
import Synchronization

/// One unit of work and the two ways it can end.
struct HashingJob: Sendable {
    /// Computes, on a worker, and answers what hands the result over, which is called elsewhere.
    let perform: @Sendable () -> @Sendable () -> Void
    let refuse: @Sendable (HashingError) -> Void
}

/// One low-priority thread and the slot for its job and its result.
///
/// The pool gives a job only to an idle worker, and takes the result only after the worker has reported it,
/// so that no thread ever waits for ``slot`` while a low-priority thread holds it: a worker that is not running for want of
/// processor time blocks no one.
final class HashingWorker: Sendable {
    private enum Slot {
        case empty
        case job(HashingJob)
        /// The job stays until the result is taken: its memory is released by the normal-priority thread.
        case result(HashingJob, deliver: @Sendable () -> Void)
        case stop
    }

    private let slot = Mutex(Slot.empty)
    private let wakeup: Wakeup

    init() throws(CryptoError) {
        guard let wakeup = Wakeup() else { throw .resourcesExhausted }
        self.wakeup = wakeup
    }

    /// Gives a job to the idle worker.
    func give(_ job: HashingJob) {
        slot.withLock { $0 = .job(job) }
        wakeup.signal()
    }

    /// Ends the idle worker's thread.
    func stop() {
        slot.withLock { $0 = .stop }
        wakeup.signal()
    }

    /// Takes what delivers the result of the job that the worker has reported.
    func takeResult() -> (@Sendable () -> Void)? {
        let taken = slot.withLock { slot in
            let taken = slot
            slot = .empty
            return taken
        }
        switch taken {
        case .result(_, let deliver): return deliver
        case .empty, .job, .stop: return nil
        }
    }

    /// Works until told to stop; `report` is called after each job, when its result can be taken.
    func work(report: () -> Void) {
        while true {
            wakeup.wait()
            switch perform() {
            case .performed: report()
            case .stopped: return
            case .nothing: continue
            }
        }
    }

    private enum Outcome {
        case performed
        case stopped
        case nothing
    }

    /// Does what lies on the slot.
    ///
    /// On return this thread owns nothing of the job, so that it will not be the one to free it.
    private func perform() -> Outcome {
        switch slot.withLock({ $0 }) {
        case .job(let job):
            let deliver = job.perform()
            slot.withLock { $0 = .result(job, deliver: deliver) }
            return .performed
        case .stop: return .stopped
        case .empty, .result: return .nothing
        }
    }
}
