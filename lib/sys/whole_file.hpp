// A file that is opened before a run and written after it, so that a file that cannot be written is an error before anything runs. It never
// replaces a database. A run that never begins leaves no empty file.
#pragma once

#include "sys/fd.hpp"

#include <string>
#include <string_view>

namespace prun::sys {

/// Checks that the open file of `fd` is not an SQLite database, such as a journal, which no other output may replace.
/// @param what begins the message: "cannot write the report run.db" @throws std::runtime_error if it is one
void refuse_database(int fd, const std::string& what);

class WholeFile {
 public:
  /// Opens or creates the file. The earlier content stays until `start`.
  /// @param what begins the messages of errors: "cannot write the report" @throws std::system_error, or what refuse_database() throws
  WholeFile(std::string path, std::string_view what);
  WholeFile(WholeFile&& other) noexcept = default;
  WholeFile& operator=(WholeFile&&) = delete;
  /// Removes the file if it was created here and `start` was not called.
  ~WholeFile();

  /// Removes the earlier content. Call it before the first write. @throws as the constructor does
  void start();
  /// @throws std::system_error
  void write(std::string_view bytes);

  [[nodiscard]] const std::string& path() const noexcept { return path_; }

 private:
  std::string path_;
  std::string what_;
  Fd file_;
  bool is_ours_ = false;  ///< created here, and still empty
};

}  // namespace prun::sys
