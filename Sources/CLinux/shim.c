#define _GNU_SOURCE
#include "CLinux.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fuse.h>
#include <malloc.h>
#include <signal.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <sys/un.h>
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
    // Swift's runtime may have put its crash reporter here, which prints registers and what they point to.
    static const int fatal[] = {SIGQUIT, SIGILL, SIGTRAP, SIGABRT, SIGBUS, SIGFPE, SIGSEGV};
    for (size_t i = 0; i < sizeof fatal / sizeof *fatal; i++) signal(fatal[i], SIG_DFL);
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

int klinux_timer_descriptor(void) { return timerfd_create(CLOCK_BOOTTIME, TFD_CLOEXEC | TFD_NONBLOCK); }

int klinux_set_timer(int descriptor, int64_t nanoseconds) {
    // All zeros would disarm it.
    if (nanoseconds < 1) nanoseconds = 1;
    struct itimerspec when = {
        .it_value = {.tv_sec = nanoseconds / 1000000000, .tv_nsec = nanoseconds % 1000000000}};
    return timerfd_settime(descriptor, 0, &when, NULL);
}

int klinux_open_process(pid_t process) { return (int)syscall(SYS_pidfd_open, process, 0); }

int klinux_signal_process(int process, int signal) {
    return (int)syscall(SYS_pidfd_send_signal, process, signal, NULL, 0);
}

int klinux_accept(int listener) {
    return accept4(listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
}

int klinux_next_signal(int descriptor) {
    struct signalfd_siginfo info;
    ssize_t count = read(descriptor, &info, sizeof info);
    return count == sizeof info ? (int)info.ssi_signo : 0;
}

int klinux_memory_file(const char *name) {
    // MFD_NOEXEC_SEAL, Linux 6.3; older headers and kernels do not know it.
    int file = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING | 0x0008U);
    return file >= 0 || errno != EINVAL ? file : memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING);
}

int klinux_seal(int descriptor, int contents) {
    return fcntl(
        descriptor, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL | (contents ? F_SEAL_WRITE : 0));
}

void *klinux_map_shared(int descriptor, size_t count) {
    void *bytes = mmap(NULL, count, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, descriptor, 0);
    return bytes == MAP_FAILED ? NULL : bytes;
}

int klinux_packet_socket(void) { return socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0); }

static int unix_address(struct sockaddr_un *address, const char *path) {
    memset(address, 0, sizeof *address);
    address->sun_family = AF_UNIX;
    if (strlen(path) >= sizeof address->sun_path) {
        errno = ENAMETOOLONG;
        return -1;
    }
    strcpy(address->sun_path, path);
    return 0;
}

int klinux_bind_unix(int socket, const char *path) {
    struct sockaddr_un address;
    if (unix_address(&address, path) != 0) return -1;
    return bind(socket, (struct sockaddr *)&address, sizeof address);
}

int klinux_connect_unix(int socket, const char *path) {
    struct sockaddr_un address;
    if (unix_address(&address, path) != 0) return -1;
    return connect(socket, (struct sockaddr *)&address, sizeof address);
}

enum { most_descriptors = 8 };

ssize_t klinux_send_descriptors(
    int socket, const void *bytes, size_t count, const int *descriptors, size_t many) {
    union {
        char bytes[CMSG_SPACE(most_descriptors * sizeof(int))];
        struct cmsghdr alignment;
    } control;
    if (many > most_descriptors) {
        errno = EINVAL;
        return -1;
    }
    struct iovec part = {.iov_base = (void *)bytes, .iov_len = count};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
    if (many > 0) {
        memset(&control, 0, sizeof control);
        message.msg_control = control.bytes;
        message.msg_controllen = CMSG_SPACE(many * sizeof(int));
        struct cmsghdr *header = CMSG_FIRSTHDR(&message);
        header->cmsg_level = SOL_SOCKET;
        header->cmsg_type = SCM_RIGHTS;
        header->cmsg_len = CMSG_LEN(many * sizeof(int));
        memcpy(CMSG_DATA(header), descriptors, many * sizeof(int));
    }
    return sendmsg(socket, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
}

ssize_t klinux_receive_descriptors(
    int socket, void *bytes, size_t count, int *descriptors, size_t *many) {
    union {
        char bytes[CMSG_SPACE(most_descriptors * sizeof(int))];
        struct cmsghdr alignment;
    } control;
    size_t wanted = *many;
    *many = 0;
    struct iovec part = {.iov_base = bytes, .iov_len = count};
    struct msghdr message = {
        .msg_iov = &part, .msg_iovlen = 1, .msg_control = control.bytes, .msg_controllen = sizeof control.bytes};
    ssize_t received = recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
    if (received < 0) return received;
    for (struct cmsghdr *header = CMSG_FIRSTHDR(&message); header; header = CMSG_NXTHDR(&message, header)) {
        if (header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS) continue;
        size_t found = (header->cmsg_len - CMSG_LEN(0)) / sizeof(int);
        for (size_t i = 0; i < found; i++) {
            int descriptor;
            memcpy(&descriptor, CMSG_DATA(header) + i * sizeof(int), sizeof(int));
            if (*many < wanted)
                descriptors[(*many)++] = descriptor;
            else
                close(descriptor);
        }
    }
    if (message.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) {
        while (*many > 0) close(descriptors[--*many]);
        errno = EMSGSIZE;
        return -1;
    }
    return received;
}

int klinux_peer_user(int socket, uid_t *user) {
    struct ucred peer;
    socklen_t size = sizeof peer;
    int result = getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &peer, &size);
    if (result == 0) *user = peer.uid;
    return result;
}

int klinux_set_nonblocking(int descriptor) {
    int flags = fcntl(descriptor, F_GETFL);
    return flags < 0 ? flags : fcntl(descriptor, F_SETFL, flags | O_NONBLOCK);
}

int klinux_mount_fuse(const char *target, const char *options) {
    return mount(
        "keeper-injector", target, "fuse.keeper-injector", MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC,
        options);
}

int klinux_detach_mount(const char *target) { return umount2(target, MNT_DETACH | UMOUNT_NOFOLLOW); }

int klinux_clone_fuse_device(int device, int session) {
    uint32_t number = (uint32_t)session;
    return ioctl(device, FUSE_DEV_IOC_CLONE, &number);
}

char **klinux_environment(void) { return environ; }

void klinux_count(uint64_t *counter) { __atomic_fetch_add(counter, 1, __ATOMIC_RELEASE); }

static void close_all_from(unsigned first) {
#ifdef SYS_close_range
    if (syscall(SYS_close_range, first, ~0U, 0U) == 0) return;
#endif
    for (int descriptor = (int)first; descriptor < 65536; descriptor++) close(descriptor);
}

pid_t klinux_fork_reader(const char *directory, const char *const *names, size_t count) {
    pid_t child = fork();
    if (child != 0) return child;
    // Other threads are gone in the child, with any lock they held: system calls alone from here on.
    close_all_from(0);
    char buffer[16 * 1024];
    int folder = open(directory, O_PATH | O_DIRECTORY | O_CLOEXEC);
    for (size_t i = 0; folder >= 0 && i < count; i++) {
        int file = openat(folder, names[i], O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
        while (file >= 0 && read(file, buffer, sizeof buffer) > 0) {}
        if (file >= 0) close(file);
    }
    explicit_bzero(buffer, sizeof buffer);
    _exit(0);
}

pid_t klinux_fork_writer(int descriptor, const void *packets, size_t count) {
    pid_t child = fork();
    if (child != 0) return child;
    dup2(descriptor, 0);
    close_all_from(1);
    const char *next = packets, *end = next + count;
    uint32_t length;
    while (next + sizeof length <= end) {
        memcpy(&length, next, sizeof length);
        if (length < sizeof length || length > (size_t)(end - next)) break;
        // An error says that the kernel does not hold what it is about: fine.
        if (write(0, next, length) < 0) {}
        next += length;
    }
    _exit(0);
}
