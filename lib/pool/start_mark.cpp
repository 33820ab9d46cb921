#include "pool/start_mark.hpp"

#include "sys/error.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <cinttypes>
#include <cstdio>
#include <cstring>

namespace prun::pool {
namespace {

constexpr int arguments = 5;  // including the program's name

/// It is the socket that the master has created.
bool is_open(const StartMark& mark) {
  struct stat status {};
  return ::fstat(mark.socket, &status) == 0 && S_ISSOCK(status.st_mode) && status.st_dev == mark.device &&
         status.st_ino == mark.inode;
}

}  // namespace

StartMark mark_for(int socket) {
  struct stat status {};
  sys::checked(::fstat(socket, &status), "fstat");
  return {socket, status.st_dev, status.st_ino, ::getpid(), {}, 0};
}

std::vector<std::string> arguments_of(const StartMark& mark) {
  const auto text = [](std::uint64_t number) { return std::to_string(number); };
  const std::string socket = text(static_cast<std::uint64_t>(mark.socket)) + ':' + text(mark.device) + ':' +
                             text(mark.inode) + ':' + text(static_cast<std::uint64_t>(mark.master));
  return {StartMark::word, socket, mark.module, text(mark.offset)};
}

std::optional<StartMark> read_mark(int argc, const char* const* argv) {
  if (argc != arguments || std::strcmp(argv[1], StartMark::word) != 0) return std::nullopt;
  StartMark mark;
  mark.module = argv[3];
  const bool read = std::sscanf(argv[2], "%d:%" SCNu64 ":%" SCNu64 ":%d", &mark.socket, &mark.device, &mark.inode,
                                &mark.master) == 4 &&
                    std::sscanf(argv[4], "%" SCNu64, &mark.offset) == 1;
  if (!read || !is_open(mark)) return std::nullopt;
  return mark;
}

}  // namespace prun::pool
