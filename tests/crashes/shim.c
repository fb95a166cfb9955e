/* Stands between a program and the C library, counts the calls that change files below one folder,
 * and at the n-th of them stops the program or lets the call fail. Preloaded; see shim.py. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { MAKES = 1, FILLS = 2, MOVES = 4, CHANGES = 8, LOCKS = 16, CLOSES = 32, ALL = 63 };
enum { COUNT, BEFORE, HALF, AFTER, ONCE, FROM_THEN_ON };

static char under[PATH_MAX], journal[PATH_MAX];
static int how = COUNT, at = 0, with_error = 0, seen = 0, struck = 0;

/* Called by a program that forks and tries each n; others are told by their environment. */
void shim_arm(const char *folder, int new_how, int new_at, int new_error)
{
    snprintf(under, sizeof under, "%s", folder);
    how = new_how, at = new_at, with_error = new_error, seen = struck = 0;
}

int shim_struck(void) { return struck; }

__attribute__((constructor)) static void begin(void)
{
    const char *plan = getenv("SHIM_PLAN"), *folder = getenv("SHIM_UNDER");
    if (!plan || !folder || sscanf(plan, "%d:%d:%d", &how, &at, &with_error) != 3)
        return;
    snprintf(under, sizeof under, "%s", folder);
    if (getenv("SHIM_JOURNAL"))
        snprintf(journal, sizeof journal, "%s", getenv("SHIM_JOURNAL"));
}

/* Which kinds of calls an error can come from. */
static int possible(void)
{
    switch (with_error) {
    case ENOSPC: return MAKES | FILLS | MOVES;
    case EDQUOT: return MAKES | FILLS | MOVES | CLOSES;
    case EROFS: return MAKES | MOVES | CHANGES;
    case ENOSYS:
    case ENOLCK: return LOCKS;
    default: return ALL;
    }
}

static void note(const char *name, const char *path)
{
    char line[PATH_MAX + 64];
    int length = snprintf(line, sizeof line, "%s %s\n", name, path);
    int file = syscall(SYS_openat, AT_FDCWD, journal, O_WRONLY | O_CREAT | O_APPEND, 0600);
    if (file >= 0 && syscall(SYS_write, file, line, length) >= 0)
        syscall(SYS_close, file);
}

static int is_below(const char *path)
{
    size_t length = strlen(under);
    return length && !strncmp(path, under, length) && (path[length] == '/' || !path[length]);
}

static void stop(void)
{
    syscall(SYS_kill, getpid(), SIGKILL);
    for (;;)
        pause();
}

/* What happens to this call: COUNT for nothing. */
static int meets(const char *name, int kind, const char *path)
{
    int saved = errno;
    char whole[2 * PATH_MAX], folder[PATH_MAX];
    if (path[0] != '/' && getcwd(folder, sizeof folder)) {
        snprintf(whole, sizeof whole, "%s/%s", folder, path);
        path = whole;
    }
    int counts = is_below(path) && (how <= AFTER || kind & possible());
    errno = saved;
    if (!counts)
        return COUNT;
    if (journal[0])
        note(name, path);
    seen++;
    if (how == COUNT || (how == FROM_THEN_ON ? seen < at : seen != at))
        return COUNT;
    struck = 1;
    if (how == BEFORE)
        stop();
    return how;
}

static int meets_file(const char *name, int kind, int file)
{
    char link[64], path[PATH_MAX];
    int saved = errno;
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t length = readlink(link, path, sizeof path - 1);
    errno = saved;
    if (length < 0)
        return COUNT;
    path[length] = 0;
    return meets(name, kind, path);
}

#define REAL(type, name, parameters) \
    static type (*real) parameters; \
    if (!real) \
        real = (type (*) parameters)dlsym(RTLD_NEXT, #name);

#define PASS(type, verdict, call) \
    if (verdict >= ONCE) { \
        errno = with_error; \
        return -1; \
    } \
    type result = call; \
    if (verdict == AFTER || verdict == HALF) \
        stop(); \
    return result;

#define BY_PATH(name, kind, path, parameters, arguments) \
    int name parameters \
    { \
        REAL(int, name, parameters) \
        int verdict = meets(#name, kind, path); \
        PASS(int, verdict, real arguments) \
    }

#define BY_FILE(name, kind, parameters, arguments) \
    int name parameters \
    { \
        REAL(int, name, parameters) \
        int verdict = meets_file(#name, kind, file); \
        PASS(int, verdict, real arguments) \
    }

#define OPENS(name, parameters, arguments) \
    int name parameters \
    { \
        REAL(int, name, parameters) \
        va_list rest; \
        va_start(rest, flags); \
        int mode = flags & O_CREAT ? va_arg(rest, int) : 0; \
        va_end(rest); \
        int kind = flags & O_CREAT ? MAKES : flags & (O_WRONLY | O_RDWR | O_TRUNC) ? CHANGES : 0; \
        int verdict = kind ? meets(#name, kind, path) : COUNT; \
        PASS(int, verdict, real arguments) \
    }

OPENS(open, (const char *path, int flags, ...), (path, flags, mode))
OPENS(open64, (const char *path, int flags, ...), (path, flags, mode))
OPENS(openat, (int folder, const char *path, int flags, ...), (folder, path, flags, mode))
OPENS(openat64, (int folder, const char *path, int flags, ...), (folder, path, flags, mode))

BY_PATH(mkdir, MAKES, path, (const char *path, mode_t mode), (path, mode))
BY_PATH(mkdirat, MAKES, path, (int folder, const char *path, mode_t mode), (folder, path, mode))
BY_PATH(link, MAKES, path, (const char *old, const char *path), (old, path))
BY_PATH(symlink, MAKES, path, (const char *old, const char *path), (old, path))
BY_PATH(rename, MOVES, path, (const char *old, const char *path), (old, path))
BY_PATH(renameat, MOVES, path, (int from, const char *old, int to, const char *path),
        (from, old, to, path))
BY_PATH(unlink, CHANGES, path, (const char *path), (path))
BY_PATH(unlinkat, CHANGES, path, (int folder, const char *path, int flags), (folder, path, flags))
BY_PATH(rmdir, CHANGES, path, (const char *path), (path))
BY_PATH(chmod, CHANGES, path, (const char *path, mode_t mode), (path, mode))
BY_PATH(fchmodat, CHANGES, path, (int folder, const char *path, mode_t mode, int flags),
        (folder, path, mode, flags))
BY_PATH(chown, CHANGES, path, (const char *path, uid_t user, gid_t group), (path, user, group))
BY_FILE(fchmod, CHANGES, (int file, mode_t mode), (file, mode))
BY_FILE(fchown, CHANGES, (int file, uid_t user, gid_t group), (file, user, group))
BY_FILE(ftruncate, FILLS, (int file, off_t length), (file, length))
BY_FILE(ftruncate64, FILLS, (int file, off64_t length), (file, length))
BY_FILE(flock, LOCKS, (int file, int operation), (file, operation))

/* Not done: what a program has written is there without it, unless the machine stops. */
int fsync(int file)
{
    int verdict = meets_file("fsync", FILLS, file);
    PASS(int, verdict, 0)
}

ssize_t write(int file, const void *data, size_t length)
{
    REAL(ssize_t, write, (int, const void *, size_t))
    int verdict = meets_file("write", FILLS, file);
    /* A disk that fills up takes a part first; the rest of it fails. */
    if (verdict == ONCE && length > 1 && with_error == ENOSPC) {
        at++;
        return real(file, data, length / 2);
    }
    PASS(ssize_t, verdict, real(file, data, verdict == HALF ? length / 2 : length))
}

int close(int file)
{
    REAL(int, close, (int))
    int flags = fcntl(file, F_GETFL);
    int verdict = flags >= 0 && flags & (O_WRONLY | O_RDWR) ? meets_file("close", CLOSES, file)
                                                            : COUNT;
    if (verdict >= ONCE) {
        real(file);
        errno = with_error;
        return -1;
    }
    int result = real(file);
    if (verdict != COUNT)
        stop();
    return result;
}
