// Notices that a file's name no longer leads to the file that is open: somebody has deleted or replaced it. What is written to
// such a file is lost when it is closed, and no write ever fails. It knows what a journal's files are called, not what is in them.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

namespace prun::journal {

class FilePlaces {
 public:
  /// The journal itself. @param fd the file, open
  void watch_main(std::string path, int fd);
  /// A file that SQLite keeps beside it; where there is none, it is not watched.
  void watch_beside(std::string path);

  /// What has happened to the first of them, as a whole sentence; absent: nothing.
  [[nodiscard]] std::optional<std::string> displaced() const;

 private:
  struct Place {
    std::string path;
    dev_t device = 0;
    ino_t inode = 0;
  };
  [[nodiscard]] std::string told(const Place& place, const std::string& what) const;

  std::vector<Place> places_;  ///< the journal first
};

}  // namespace prun::journal
