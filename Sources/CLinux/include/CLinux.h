#ifndef KEEPER_CLINUX_H
#define KEEPER_CLINUX_H

#include <stddef.h>
#include <sys/types.h>

// What the Glibc module lacks: variadic calls, macros and GNU extensions.
// Each function returns what its C namesake returns and leaves errno alone.

/// explicit_bzero(3): the compiler may not leave it out.
void klinux_wipe(void *_Nonnull bytes, size_t count);

/// mmap(2) of private anonymous memory; NULL and errno when it fails.
void *_Nullable klinux_map_anonymous(size_t count);

/// madvise(2) with MADV_DONTDUMP and MADV_WIPEONFORK.
int klinux_exclude_from_dumps(void *_Nonnull bytes, size_t count);

/// prctl(2) PR_SET_DUMPABLE 0 and setrlimit(2) RLIMIT_CORE 0.
int klinux_forbid_core_dumps(void);

/// mallopt(3): one arena for all threads, and large blocks given back at once. Call it first.
void klinux_keep_heap_small(void);

/// malloc_trim(3): gives free memory back to the kernel.
void klinux_trim_heap(void);

/// openat(2).
int klinux_openat(int directory, const char *_Nonnull path, int flags, mode_t mode);

/// fcntl(2) F_SETLEASE F_WRLCK: succeeds only while no other handle is open on the file. A lease break
/// is signalled with SIGURG, which is ignored by default.
int klinux_lease_exclusively(int descriptor);

/// fcntl(2) F_SETLEASE F_UNLCK.
int klinux_release_lease(int descriptor);

/// signalfd(2) with SFD_CLOEXEC | SFD_NONBLOCK for the given signals, which are blocked in the caller.
int klinux_signal_descriptor(const int *_Nonnull signals, size_t count);

/// eventfd(2) with EFD_CLOEXEC | EFD_NONBLOCK.
int klinux_event_descriptor(void);

/// Makes an eventfd readable.
void klinux_raise_event(int descriptor);

/// accept4(2) with SOCK_CLOEXEC | SOCK_NONBLOCK, the peer's address unwanted.
int klinux_accept(int listener);

/// Reads one signal number from a signalfd; 0 when there is none.
int klinux_next_signal(int descriptor);

#endif
