// The first process of a guest: mounts what the broker needs, gives it a raw line to the outside, and switches the machine off when it ends.
// What the launcher says on the kernel's line arrives as environment: FT_CGROUP=v1|v2, FT_DISK, FT_TTY. A guest that cannot be judged says why.
#define _GNU_SOURCE
#include "file.h"
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <termios.h>

static void off(void) {
  fflush(stdout);
  tcdrain(1);
  sync();
  reboot(RB_POWER_OFF);
}

static void openLine(void) {
  char path[64];
  struct termios raw;
  snprintf(path, sizeof path, "/dev/%s", getenv("FT_TTY"));
  dup2(open(path, O_RDWR | O_NOCTTY), 1);
  if (tcgetattr(1, &raw) == 0) cfmakeraw(&raw), tcsetattr(1, TCSANOW, &raw);
}

static void insertModules(void) {
  for (int i = 0; i < 32; i++) {
    char path[32];
    snprintf(path, sizeof path, "/modules/%02d.ko", i);
    int fd = openIn(AT_FDCWD, path, O_RDONLY);
    if (fd < 0) return;
    if (syscall(SYS_finit_module, fd, "", 0) < 0) fprintf(stderr, "init: %s: %s\n", path, strerror(errno));
    close(fd);
  }
}

// Copies the file system that the launcher packed onto a disk in memory, where there is none from outside.
static void fillDisk(const char *disk) {
  int from = open("/disk", O_RDONLY), to = from < 0 ? -1 : openOrDie(AT_FDCWD, disk, O_WRONLY);
  char block[4096];
  if (from < 0) return;
  while (read(from, block, sizeof block) == sizeof block) if (write(to, block, sizeof block) < 0) die("%s: %s", disk, strerror(errno));
  close(from), close(to), unlink("/disk");
}

static void mountOrDie(const char *source, const char *at, const char *type, const char *data) {
  if (mount(source, at, type, MS_NOATIME, data) < 0) die("%s at %s: %s", type, at, strerror(errno));
}

static void mountAll(void) {
  const char *folders[] = {"/dev", "/proc", "/sys", "/cgroup", "/files"}, *disk = getenv("FT_DISK");
  for (int i = 0; i < 5; i++) mkdir(folders[i], 0755);
  mount("dev", "/dev", "devtmpfs", 0, "");
  openLine();
  mountOrDie("proc", "/proc", "proc", "");
  mountOrDie("sys", "/sys", "sysfs", "");
  insertModules();
  if (!strcmp(getenv("FT_CGROUP"), "v2")) mountOrDie("cgroup", "/cgroup", "cgroup2", "");
  else mountOrDie("cgroup", "/cgroup", "cgroup", "memory");
  const char *generations = "/sys/kernel/mm/lru_gen/enabled"; // under it the flags of the pages mean something else
  if (access(generations, F_OK) == 0 && writeIn(AT_FDCWD, generations, "n") < 0) die("%s cannot be switched off", generations);
  fillDisk(disk);
  if (mount(disk, "/files", "ext2", MS_NOATIME, "") < 0) mountOrDie(disk, "/files", "ext4", "");
}

int main(void) {
  atexit(off);
  mountAll();
  pid_t broker = fork();
  if (broker == 0) {
    setsid();
    dup2(1, 0);
    execl("/broker", "broker", "/cgroup", "/files", "6000", (char *)NULL);
    _exit(127);
  }
  int status = 0;
  while (waitpid(-1, &status, 0) != broker) {}
  fprintf(stderr, "init: the broker ended with %x\n", status);
  return 0; // atexit: off()
}
