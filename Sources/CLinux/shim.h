// SPDX-License-Identifier: Apache-2.0

#ifndef AUTHD_CLINUX_SHIM_H
#define AUTHD_CLINUX_SHIM_H

#include <malloc.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

// Swift's Glibc module has neither variadic functions nor those that glibc hides behind _GNU_SOURCE.

/// Names the calling thread; the kernel keeps 15 bytes.
static inline void authd_set_thread_name(const char *name) {
    prctl(PR_SET_NAME, name, 0, 0, 0);
}

/// A counter that wakes a thread that waits for it to be readable; -1 with errno set.
static inline int authd_eventfd_create(void) {
    return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
}

static inline void authd_eventfd_signal(int descriptor) {
    uint64_t one = 1;
    ssize_t written = write(descriptor, &one, sizeof one);
    (void)written;  // it fails only where the counter is at its limit, and then the reader is awake anyway
}

static inline void authd_eventfd_clear(int descriptor) {
    uint64_t count;
    ssize_t taken = read(descriptor, &count, sizeof count);
    (void)taken;
}

/// How many processors the calling thread may run on; 0 if the kernel does not tell.
static inline int authd_available_processors(void) {
    uint64_t mask[128] = {0};
    long length = syscall(SYS_sched_getaffinity, 0, sizeof(mask), mask);
    int count = 0;
    for (long index = 0; index < length / (long)sizeof(mask[0]); index++) count += __builtin_popcountll(mask[index]);
    return count;
}

/// Sets how malloc keeps memory: at most so many arenas, blocks of a quarter MiB and more apart from them, and no more than
/// a MiB kept at an arena's end.
static inline void authd_set_malloc_bounds(int arenas) {
    mallopt(M_ARENA_MAX, arenas);
    mallopt(M_MMAP_THRESHOLD, 256 * 1024);
    mallopt(M_TRIM_THRESHOLD, 1024 * 1024);
}

/// The bytes that malloc has given out.
static inline size_t authd_malloc_in_use(void) {
    struct mallinfo2 heap = mallinfo2();
    return heap.uordblks + heap.hblkhd;
}

/// The bytes that malloc keeps, given back to it by the program, whether or not the system has them back.
static inline size_t authd_malloc_free(void) {
    return mallinfo2().fordblks;
}

/// Gives free pages of all arenas back to the system.
static inline void authd_malloc_trim(void) {
    malloc_trim(0);
}

#endif
