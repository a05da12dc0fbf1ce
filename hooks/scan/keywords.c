#define _GNU_SOURCE
#include "keywords.h"

#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../abi/record.h"

/* Far more than a keyword list needs; keeps a wrong path (a log file, a disk image) from being read into the SUT. */
#define MOST_BYTES (4u << 20)

static const char *read_file(struct hb_keywords *keywords, int fd) {
  struct stat info;
  if (fstat(fd, &info) != 0 || !S_ISREG(info.st_mode)) return "not a regular file";
  if (info.st_size == 0) return "no keyword in the file";
  if (info.st_size > MOST_BYTES) return "larger than 4 MiB";
  size_t size = (size_t)info.st_size;
  uint8_t *text = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (text == MAP_FAILED) return "no memory";
  keywords->text = text;
  keywords->size = size;
  /* Copied, not mapped: a file cut short by someone else would raise SIGBUS. */
  for (size_t done = 0; done < size;) {
    ssize_t got = read(fd, text + done, size - done);
    if (got <= 0) return "cannot be read";
    done += (size_t)got;
  }
  return NULL;
}

const char *hb_keywords_load(struct hb_keywords *keywords, const char *path) {
  memset(keywords, 0, sizeof *keywords);
  int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0) return "cannot be opened";
  const char *problem = read_file(keywords, fd);
  close(fd);
  if (problem) return problem;
  size_t at = 0, length;
  const uint8_t *word;
  while (hb_keywords_next(keywords, &at, &word, &length)) keywords->count++;
  if (keywords->count == 0) return "no keyword in the file";
  if (keywords->count >= HB_NO_KEYWORD) return "more than 65534 keywords";
  return NULL;
}

void hb_keywords_free(struct hb_keywords *keywords) {
  if (keywords->text) munmap((void *)keywords->text, keywords->size);
  memset(keywords, 0, sizeof *keywords);
}

int hb_keywords_next(const struct hb_keywords *keywords, size_t *at, const uint8_t **word, size_t *length) {
  while (*at < keywords->size) {
    const uint8_t *line = keywords->text + *at;
    const uint8_t *end = memchr(line, '\n', keywords->size - *at);
    size_t bytes = end ? (size_t)(end - line) : keywords->size - *at;
    *at += bytes + 1;
    if (bytes == 0) continue;
    *word = line;
    *length = bytes;
    return 1;
  }
  return 0;
}
