// SPDX-License-Identifier: Apache-2.0

#define _GNU_SOURCE

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

// Asks for a page at a fixed rate over a few connections and prints the 50th and 99th percentile and the longest of the
// times to answer, in microseconds. Each is counted from when the request was due, not from when it was sent: a slow
// answer delays those behind it, and that delay is the server's.
// Usage: LatencyProbe PORT CONNECTIONS RATE SECONDS, the request on standard input.

static char request[8192];
static size_t request_length;

static long long now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (long long)time.tv_sec * 1000000000 + time.tv_nsec;
}

static int connect_to(int port) {
    const struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons((unsigned short)port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    const int descriptor = socket(AF_INET, SOCK_STREAM, 0);
    const int one = 1;
    setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    if (descriptor < 0 || connect(descriptor, (const struct sockaddr *)&address, sizeof address) != 0) exit(1);
    return descriptor;
}

/// Reads one reply with a Content-Length; whether it was 200.
static bool receive(int descriptor) {
    static char reply[65536];
    size_t length = 0;
    size_t expected = 0;
    while (expected == 0 || length < expected) {
        const ssize_t count = read(descriptor, reply + length, sizeof reply - 1 - length);
        if (count <= 0) return false;
        length += (size_t)count;
        reply[length] = 0;
        const char *end = strstr(reply, "\r\n\r\n");
        if (expected == 0 && end != NULL) {
            const char *field = strcasestr(reply, "\r\ncontent-length: ");
            if (field == NULL) return false;
            expected = (size_t)(end + 4 - reply) + strtoul(field + 18, NULL, 10);
        }
    }
    return strncmp(reply, "HTTP/1.1 200", 12) == 0;
}

static int ascending(const void *left, const void *right) {
    const long long a = *(const long long *)left, b = *(const long long *)right;
    return (a > b) - (a < b);
}

int main(int count, char **arguments) {
    if (count != 5) return 2;
    const int port = atoi(arguments[1]);
    const int connections = atoi(arguments[2]);
    const double rate = atof(arguments[3]);
    const long total = (long)(rate * atof(arguments[4]));
    if (connections < 1 || connections > 64 || total < 1) return 2;
    request_length = fread(request, 1, sizeof request, stdin);

    int descriptors[64];
    for (int i = 0; i < connections; ++i) descriptors[i] = connect_to(port);
    long long *times = calloc((size_t)total, sizeof *times);
    const long long start = now();
    for (long i = 0; i < total; ++i) {
        const long long due = start + (long long)((double)i * 1e9 / rate);
        const struct timespec until = {due / 1000000000, due % 1000000000};
        while (now() < due) clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL);
        const int descriptor = descriptors[i % connections];
        if (write(descriptor, request, request_length) != (ssize_t)request_length || !receive(descriptor)) return 1;
        times[i] = now() - due;
    }
    qsort(times, (size_t)total, sizeof *times, ascending);
    printf("%.1f %.1f %.1f\n", (double)times[total / 2] / 1e3, (double)times[total * 99 / 100] / 1e3,
           (double)times[total - 1] / 1e3);
    return 0;
}
