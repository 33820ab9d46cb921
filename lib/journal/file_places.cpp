// See file_places.hpp.
#include "journal/file_places.hpp"

#include "sys/error.hpp"

#include <fmt/format.h>

#include <sys/stat.h>

#include <cerrno>
#include <system_error>
#include <utility>

namespace prun::journal {

void FilePlaces::watch_main(std::string path, int fd) {
  struct stat status {};
  sys::checked(::fstat(fd, &status), "fstat");
  places_.insert(places_.begin(), {std::move(path), status.st_dev, status.st_ino});
}

void FilePlaces::watch_beside(std::string path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) == 0) places_.push_back({std::move(path), status.st_dev, status.st_ino});
}

std::optional<std::string> FilePlaces::displaced() const {
  for (const Place& place : places_) {
    struct stat status {};
    if (::stat(place.path.c_str(), &status) != 0) {
      const int error = errno;
      return told(place, error == ENOENT || error == ENOTDIR
                             ? "was deleted or moved while this run was using it"
                             : "can no longer be reached: " + std::generic_category().message(error));
    }
    if (status.st_dev != place.device || status.st_ino != place.inode) {
      return told(place, "was replaced by another file while this run was using it");
    }
  }
  return std::nullopt;
}

std::string FilePlaces::told(const Place& place, const std::string& what) const {
  if (&place == &places_.front()) {
    return fmt::format("the journal {} {}; what this run recorded is not in it", place.path, what);
  }
  return fmt::format("the file {} of the journal {} {}; tasks that ended since then may be missing in the journal",
                     place.path, places_.front().path, what);
}

}  // namespace prun::journal
