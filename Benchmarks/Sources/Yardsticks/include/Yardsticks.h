// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <stddef.h>
#include <stdint.h>

/// Computes one-shot `HMAC()` with SHA-256 of a message `rounds` times; returns the processor time that took in
/// nanoseconds, or 0 on failure.
uint64_t yardstick_hmac_nanoseconds(
    const uint8_t *key, size_t key_length, const uint8_t *message, size_t message_length, size_t rounds);

/// The processor time of this thread: what other processes take does not count.
uint64_t yardstick_processor_nanoseconds(void);

/// The monotonic clock.
uint64_t yardstick_now_nanoseconds(void);
