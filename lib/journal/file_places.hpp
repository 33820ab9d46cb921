// Detects that a file's name no longer refers to the open file, because it was deleted or replaced. What is written to such
// a file is lost when it is closed, although no write fails. It knows the names of a journal's files, not their contents.
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
  /// A file that SQLite keeps beside it; ignored if there is none.
  void watch_beside(std::string path);

  /// What happened to the first displaced file, as a complete sentence; absent: nothing.
  [[nodiscard]] std::optional<std::string> displaced() const;

 private:
  struct Place {
    std::string path;
    dev_t device = 0;
    ino_t inode = 0;
  };
  [[nodiscard]] std::string told(const Place& place, const std::string& what) const;

  std::vector<Place> places_;  ///< the journal comes first
};

}  // namespace prun::journal
