#define _GNU_SOURCE
#include "CLinux.h"

#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <signal.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <unistd.h>

void klinux_wipe(void *bytes, size_t count) { explicit_bzero(bytes, count); }

void *klinux_map_anonymous(size_t count) {
    void *bytes = mmap(NULL, count, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return bytes == MAP_FAILED ? NULL : bytes;
}

int klinux_exclude_from_dumps(void *bytes, size_t count) {
    int dump = madvise(bytes, count, MADV_DONTDUMP);
    int fork = madvise(bytes, count, MADV_WIPEONFORK);
    return dump != 0 ? dump : fork;
}

int klinux_forbid_core_dumps(void) {
    struct rlimit none = {0, 0};
    int limit = setrlimit(RLIMIT_CORE, &none);
    int dumpable = prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
    return limit != 0 ? limit : dumpable;
}

void klinux_keep_heap_small(void) {
    mallopt(M_ARENA_MAX, 1);
    mallopt(M_MMAP_THRESHOLD, 64 * 1024);
}

void klinux_trim_heap(void) { malloc_trim(0); }

int klinux_openat(int directory, const char *path, int flags, mode_t mode) {
    return openat(directory, path, flags, mode);
}

int klinux_lease_exclusively(int descriptor) {
    // Who opens the file meanwhile breaks the lease: the kernel then signals SIGIO, which kills by default.
    int quiet = fcntl(descriptor, F_SETSIG, SIGURG);
    return quiet != 0 ? quiet : fcntl(descriptor, F_SETLEASE, F_WRLCK);
}

int klinux_release_lease(int descriptor) { return fcntl(descriptor, F_SETLEASE, F_UNLCK); }

int klinux_signal_descriptor(const int *signals, size_t count) {
    sigset_t set;
    sigemptyset(&set);
    for (size_t i = 0; i < count; i++) sigaddset(&set, signals[i]);
    int blocked = pthread_sigmask(SIG_BLOCK, &set, NULL);
    if (blocked != 0) {
        errno = blocked;
        return -1;
    }
    return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

int klinux_event_descriptor(void) { return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK); }

void klinux_raise_event(int descriptor) { eventfd_write(descriptor, 1); }

int klinux_accept(int listener) {
    return accept4(listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
}

int klinux_next_signal(int descriptor) {
    struct signalfd_siginfo info;
    ssize_t count = read(descriptor, &info, sizeof info);
    return count == sizeof info ? (int)info.ssi_signo : 0;
}
