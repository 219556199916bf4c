/* Stands between a program and the disk, preloaded. For files under one folder it can
   - write every change and every sync into a log (force_record), so that a disk can be built as a power cut would leave it;
   - answer "no space left" from the n-th write on (force_full);
   - end the process with SIGKILL at the n-th change, before it, in the middle of it or after it (force_die).
   Syncs of files under the folder can be left out (force_lazy): the machine under the test keeps its power. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

enum { WRITE = 1, TRUNCATE, SYNC, CREATE, UNLINK, RENAME };

static char folder[PATH_MAX];
static size_t folder_length;
static int log_fd = -1, lazy;
static long full_after = -1, full_growing, full_short, written;
static long die_after = -1, die_how, changed;

void force_folder(const char *path) { snprintf(folder, sizeof folder, "%s", path); folder_length = strlen(folder); }
void force_lazy(int on) { lazy = on; }
void force_record(const char *path) {
    if (log_fd >= 0) syscall(SYS_close, log_fd);
    log_fd = path ? (int)syscall(SYS_openat, AT_FDCWD, path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600) : -1;
}
/* after < 0: there is room. growing: only writes that make a file longer find none. shortly: the first one that fails is half done. */
void force_full(long after, long growing, long shortly) { full_after = after; full_growing = growing; full_short = shortly; written = 0; }
/* how: 0 before the change, 1 in the middle of it, 2 after it */
void force_die(long after, long how) { die_after = after; die_how = how; changed = 0; }
long force_written(void) { return written; }
long force_changed(void) { return changed; }

static int ours(const char *path) {
    return folder_length && !strncmp(path, folder, folder_length) && (path[folder_length] == '/' || !path[folder_length]);
}
static int path_of(int fd, char *into) {
    char name[64];
    snprintf(name, sizeof name, "/proc/self/fd/%d", fd);
    ssize_t got = syscall(SYS_readlinkat, AT_FDCWD, name, into, PATH_MAX - 1);
    if (got < 0) return 0;
    into[got] = 0;
    return ours(into);
}
static void absolute(const char *path, char *into) {
    char here[PATH_MAX];
    if (path[0] == '/' || syscall(SYS_getcwd, here, sizeof here) < 0) snprintf(into, PATH_MAX, "%s", path);
    else { size_t n = strlen(here); memcpy(into, here, n); into[n] = '/'; snprintf(into + n + 1, PATH_MAX - n - 1, "%s", path); }
}
static int mapped(const char *path) { size_t n = strlen(path); return n > 4 && !strcmp(path + n - 4, "-shm"); }
static uint64_t inode(int fd) { struct stat of; return fstat(fd, &of) ? 0 : (uint64_t)of.st_ino; }

static void record(int what, const char *path, uint64_t ino, int64_t offset, const void *data, uint64_t length) {
    if (log_fd < 0 || mapped(path)) return;
    struct { uint32_t what, path; uint64_t ino; int64_t offset; uint64_t length; } head = {
        (uint32_t)what, (uint32_t)strlen(path), ino, offset, length};
    struct iovec parts[3] = {{&head, sizeof head}, {(void *)path, head.path}, {(void *)data, data ? length : 0}};
    syscall(SYS_writev, log_fd, parts, 3);
}
static void die(void) { syscall(SYS_kill, getpid(), SIGKILL); for (;;) pause(); }
static int dies(void) { return die_after >= 0 && __sync_fetch_and_add(&changed, 1) == die_after; }

static int no_room(int fd, const char *path, int64_t end) {
    struct stat of;
    (void)path;
    if (full_after < 0 || (full_growing && !fstat(fd, &of) && end <= of.st_size)) return 0;
    return __sync_fetch_and_add(&written, 1) >= full_after;
}
static ssize_t put(int fd, const void *data, size_t length, int64_t offset, int placed) {
    return placed ? syscall(SYS_pwrite64, fd, data, length, offset) : syscall(SYS_write, fd, data, length);
}
static ssize_t change(int fd, const void *data, size_t length, int64_t offset, int placed) {
    char path[PATH_MAX];
    if (!folder_length || !path_of(fd, path)) return put(fd, data, length, offset, placed);
    int64_t at = placed ? offset : syscall(SYS_lseek, fd, 0, SEEK_CUR);
    if (!placed && (fcntl(fd, F_GETFL) & O_APPEND)) at = syscall(SYS_lseek, fd, 0, SEEK_END);
    if (no_room(fd, path, at + (int64_t)length)) {
        if (!full_short || length < 2) { errno = ENOSPC; return -1; }
        full_short = 0;
        length /= 2;
    }
    int ends = dies();
    if (ends && die_how == 0) die();
    if (ends && die_how == 1) { put(fd, data, length / 2, offset, placed); die(); }
    ssize_t done = put(fd, data, length, offset, placed);
    if (done > 0) record(WRITE, path, inode(fd), at, data, (uint64_t)done);
    if (ends) die();
    return done;
}
ssize_t write(int fd, const void *data, size_t length) { return change(fd, data, length, 0, 0); }
ssize_t pwrite(int fd, const void *data, size_t length, off_t offset) { return change(fd, data, length, offset, 1); }
ssize_t pwrite64(int fd, const void *data, size_t length, off64_t offset) { return change(fd, data, length, offset, 1); }

static int cut(int fd, int64_t length) {
    char path[PATH_MAX];
    if (!folder_length || !path_of(fd, path)) return (int)syscall(SYS_ftruncate, fd, length);
    if (no_room(fd, path, length)) { errno = ENOSPC; return -1; }
    int ends = dies();
    if (ends && die_how == 0) die();
    int done = (int)syscall(SYS_ftruncate, fd, length);
    if (!done) record(TRUNCATE, path, inode(fd), length, 0, 0);
    if (ends) die();
    return done;
}
int ftruncate(int fd, off_t length) { return cut(fd, length); }
int ftruncate64(int fd, off64_t length) { return cut(fd, length); }

static int sync_of(int fd, long call) {
    char path[PATH_MAX];
    if (!folder_length || !path_of(fd, path)) return (int)syscall(call, fd);
    int ends = dies();
    if (ends && die_how == 0) die();
    int done = lazy ? 0 : (int)syscall(call, fd);
    if (!done) record(SYNC, path, inode(fd), 0, 0, 0);
    if (ends) die();
    return done;
}
int fsync(int fd) { return sync_of(fd, SYS_fsync); }
int fdatasync(int fd) { return sync_of(fd, SYS_fdatasync); }

static int opened(int at, const char *path, int flags, mode_t mode) {
    char full[PATH_MAX] = "";
    struct stat of;
    int makes = 0;
    if (folder_length && (flags & O_CREAT) && at == AT_FDCWD) {
        absolute(path, full);
        makes = ours(full) && syscall(SYS_newfstatat, AT_FDCWD, full, &of, 0) < 0;
    }
    int fd = (int)syscall(SYS_openat, at, path, flags, mode);
    if (fd >= 0 && makes) record(CREATE, full, inode(fd), 0, 0, 0);
    else if (fd >= 0 && (flags & O_TRUNC) && folder_length && path_of(fd, full)) record(TRUNCATE, full, inode(fd), 0, 0, 0);
    return fd;
}
#define MODE mode_t mode = 0; if (flags & (O_CREAT | O_TMPFILE)) { va_list rest; va_start(rest, flags); mode = va_arg(rest, int); va_end(rest); }
int open(const char *path, int flags, ...) { MODE return opened(AT_FDCWD, path, flags, mode); }
int open64(const char *path, int flags, ...) { MODE return opened(AT_FDCWD, path, flags | O_LARGEFILE, mode); }
int openat(int at, const char *path, int flags, ...) { MODE return opened(at, path, flags, mode); }
int openat64(int at, const char *path, int flags, ...) { MODE return opened(at, path, flags | O_LARGEFILE, mode); }

int unlink(const char *path) {
    char full[PATH_MAX];
    absolute(path, full);
    if (!ours(full)) return (int)syscall(SYS_unlinkat, AT_FDCWD, path, 0);
    int ends = dies();
    if (ends && die_how == 0) die();
    int done = (int)syscall(SYS_unlinkat, AT_FDCWD, path, 0);
    if (!done) record(UNLINK, full, 0, 0, 0, 0);
    if (ends) die();
    return done;
}
int rename(const char *from, const char *to) {
    char full[PATH_MAX], target[PATH_MAX];
    absolute(from, full);
    absolute(to, target);
    int done = (int)syscall(SYS_renameat, AT_FDCWD, from, AT_FDCWD, to);
    if (!done && ours(full)) record(RENAME, full, 0, 0, target, strlen(target));
    return done;
}
