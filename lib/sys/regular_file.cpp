#include "sys/regular_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <system_error>

namespace prun::sys {

RegularFile open_regular_file(const std::string& path) {
  RegularFile opened{Fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)), 0, {}};
  struct stat state {};
  if (!opened.file || ::fstat(opened.file.get(), &state) != 0) {
    opened.problem = std::generic_category().message(errno);
  } else if (!S_ISREG(state.st_mode)) {
    opened.problem = "it is not a regular file";
  }
  opened.mode = state.st_mode & 0777U;
  return opened;
}

}  // namespace prun::sys
