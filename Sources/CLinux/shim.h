// SPDX-License-Identifier: Apache-2.0

#ifndef AUTHD_CLINUX_SHIM_H
#define AUTHD_CLINUX_SHIM_H

#include <stdint.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

// Swift's Glibc module has neither variadic functions nor those that glibc hides behind _GNU_SOURCE.

/// Names the calling thread; the kernel keeps 15 bytes.
static inline void authd_set_thread_name(const char *name) {
    prctl(PR_SET_NAME, name, 0, 0, 0);
}

/// How many processors the calling thread may run on; 0 if the kernel does not tell.
static inline int authd_available_processors(void) {
    uint64_t mask[128] = {0};
    long length = syscall(SYS_sched_getaffinity, 0, sizeof(mask), mask);
    int count = 0;
    for (long index = 0; index < length / (long)sizeof(mask[0]); index++) count += __builtin_popcountll(mask[index]);
    return count;
}

#endif
