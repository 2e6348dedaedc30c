// The first process of a guest: mounts what the broker needs, gives it a raw line to the outside, and switches the machine off when it ends.
// What the launcher says on the kernel's line arrives as environment: FT_CGROUP=v1|v2, FT_DISK, FT_TTY.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

static int line = 1; // to the launcher

static void off(void) {
  tcdrain(line);
  sync();
  reboot(RB_POWER_OFF);
}

// A guest that cannot be judged says why, in the form of the broker's last words.
static void must(int result, const char *what) {
  if (result >= 0) return;
  dprintf(line, "{\"error\":\"%s: %s\"}\n", what, strerror(errno));
  off();
}

static void openLine(void) {
  char path[64];
  struct termios raw;
  snprintf(path, sizeof path, "/dev/%s", getenv("FT_TTY"));
  line = open(path, O_RDWR | O_NOCTTY);
  if (tcgetattr(line, &raw) == 0) cfmakeraw(&raw), tcsetattr(line, TCSANOW, &raw);
}

static void insertModules(void) {
  for (int i = 0; i < 32; i++) {
    char path[32];
    snprintf(path, sizeof path, "/modules/%02d.ko", i);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return;
    if (syscall(SYS_finit_module, fd, "", 0) < 0) fprintf(stderr, "init: %s: %s\n", path, strerror(errno));
    close(fd);
  }
}

// Copies the file system that the launcher packed onto a disk in memory, where there is none from outside.
static void fillDisk(const char *disk) {
  int from = open("/disk", O_RDONLY), to = from < 0 ? -1 : open(disk, O_WRONLY);
  char block[4096];
  if (from < 0) return;
  must(to, disk);
  while (read(from, block, sizeof block) == sizeof block) must((int)write(to, block, sizeof block), disk);
  close(from), close(to), unlink("/disk");
}

static void mountAll(void) {
  const char *folders[] = {"/dev", "/proc", "/sys", "/cgroup", "/files"}, *disk = getenv("FT_DISK");
  for (int i = 0; i < 5; i++) mkdir(folders[i], 0755);
  mount("dev", "/dev", "devtmpfs", 0, "");
  openLine();
  must(mount("proc", "/proc", "proc", 0, ""), "/proc");
  must(mount("sys", "/sys", "sysfs", 0, ""), "/sys");
  insertModules();
  int isV2 = !strcmp(getenv("FT_CGROUP"), "v2");
  must(mount("cgroup", "/cgroup", isV2 ? "cgroup2" : "cgroup", 0, isV2 ? "" : "memory"), isV2 ? "cgroup v2" : "cgroup v1 memory");
  int generations = open("/sys/kernel/mm/lru_gen/enabled", O_WRONLY); // under it the flags of the pages mean something else
  if (generations >= 0) must((int)write(generations, "n", 1), "lru_gen"), close(generations);
  fillDisk(disk);
  must(mount(disk, "/files", "ext2", MS_NOATIME, "") < 0 ? mount(disk, "/files", "ext4", MS_NOATIME, "") : 0, disk);
}

int main(void) {
  mountAll();
  pid_t broker = fork();
  if (broker == 0) {
    setsid();
    dup2(line, 0), dup2(line, 1);
    execl("/broker", "broker", "/cgroup", "/files", "6000", (char *)NULL);
    _exit(127);
  }
  int status = 0;
  while (waitpid(-1, &status, 0) != broker) {}
  fprintf(stderr, "init: the broker ended with %x\n", status);
  off();
  return 0;
}
