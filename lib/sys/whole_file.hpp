// A file that is opened before a run and written after it, so that a file that cannot be written is an error before anything runs.
#pragma once

#include "sys/fd.hpp"

#include <string>
#include <string_view>

namespace prun::sys {

class WholeFile {
 public:
  /// Opens or creates the file. What an earlier run has written stays until `start`.
  /// @param what begins the messages of errors: "cannot write the report" @throws std::system_error
  WholeFile(std::string path, std::string_view what);

  /// Removes the earlier content. Call it before the first write. @throws std::system_error
  void start();
  /// @throws std::system_error
  void write(std::string_view bytes);

  [[nodiscard]] const std::string& path() const noexcept { return path_; }

 private:
  std::string path_;
  std::string what_;
  Fd file_;
};

}  // namespace prun::sys
