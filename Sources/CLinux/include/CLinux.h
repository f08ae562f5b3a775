#ifndef KEEPER_CLINUX_H
#define KEEPER_CLINUX_H

#include <stddef.h>
#include <stdint.h>
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

/// timerfd_create(2) with CLOCK_BOOTTIME, which goes on while the machine sleeps; TFD_CLOEXEC | TFD_NONBLOCK.
int klinux_timer_descriptor(void);

/// timerfd_settime(2): readable so many nanoseconds from now, once.
int klinux_set_timer(int descriptor, int64_t nanoseconds);

/// pidfd_open(2): a handle on a process that cannot become another's.
int klinux_open_process(pid_t process);

/// pidfd_send_signal(2).
int klinux_signal_process(int process, int signal);

/// accept4(2) with SOCK_CLOEXEC | SOCK_NONBLOCK, the peer's address unwanted.
int klinux_accept(int listener);

/// Reads one signal number from a signalfd; 0 when there is none.
int klinux_next_signal(int descriptor);

/// memfd_create(2), close-on-exec, sealable; never executable where the kernel knows how to say so.
int klinux_memory_file(const char *_Nonnull name);

/// fcntl(2) F_ADD_SEALS: the file can neither shrink nor grow; with `contents` it cannot be written either.
int klinux_seal(int descriptor, int contents);

/// mmap(2) of a file, shared, for reading and writing; NULL and errno when it fails.
void *_Nullable klinux_map_shared(int descriptor, size_t count);

/// socket(2) of type SOCK_SEQPACKET in AF_UNIX, close-on-exec.
int klinux_packet_socket(void);

/// bind(2) to a path of AF_UNIX; fails with ENAMETOOLONG beyond the 107 bytes of unix(7).
int klinux_bind_unix(int socket, const char *_Nonnull path);

/// connect(2), likewise.
int klinux_connect_unix(int socket, const char *_Nonnull path);

/// sendmsg(2) of one packet with descriptors (SCM_RIGHTS), without waiting and without SIGPIPE.
ssize_t klinux_send_descriptors(
    int socket, const void *_Nonnull bytes, size_t count, const int *_Nonnull descriptors, size_t many);

/// recvmsg(2) of one packet, close-on-exec. Takes at most `*many` descriptors, closes what is beyond, and
/// says in `*many` how many came. Fails with EMSGSIZE when the packet was larger than `count`.
ssize_t klinux_receive_descriptors(
    int socket, void *_Nonnull bytes, size_t count, int *_Nonnull descriptors, size_t *_Nonnull many);

/// getsockopt(2) SO_PEERCRED: the uid of the process at the other end; -1 and errno when it fails.
int klinux_peer_user(int socket, uid_t *_Nonnull user);

/// fcntl(2) F_SETFL with O_NONBLOCK added.
int klinux_set_nonblocking(int descriptor);

/// mount(2) of type fuse.keeper-injector, `ro,nosuid,nodev,noexec`.
int klinux_mount_fuse(const char *_Nonnull target, const char *_Nonnull options);

/// umount2(2) with MNT_DETACH | UMOUNT_NOFOLLOW.
int klinux_detach_mount(const char *_Nonnull target);

/// ioctl(2) FUSE_DEV_IOC_CLONE: makes `device`, freshly opened, another reader of a session's requests.
int klinux_clone_fuse_device(int device, int session);

/// fork(2) of a process that reads the given files of a directory to their ends, throws away what it read,
/// and ends; secret memory is empty in it (MADV_WIPEONFORK), and no descriptor of ours is open. Returns its
/// pid, or -1 and errno.
pid_t klinux_fork_reader(
    const char *_Nonnull directory, const char *_Nonnull const *_Nonnull names, size_t count);

/// fork(2) of a process that writes packets to a descriptor, one write(2) each, and ends. Each packet begins
/// with its length, four bytes in the machine's order. Otherwise as `klinux_fork_reader`.
pid_t klinux_fork_writer(int descriptor, const void *_Nonnull packets, size_t count);

/// environ(7): the process's own, ended by NULL.
char *_Nullable *_Nonnull klinux_environment(void);

/// Adds one to a counter that another process reads, after all that was written before.
void klinux_count(uint64_t *_Nonnull counter);

#endif
