// A file that comes in chunks. It is written beside its place and moved there when it is whole, so that nobody sees a part of it. A
// file that is already there with the same contents, as on a file system that both machines share, stays as it is.
#pragma once

#include "cluster/file_chunk.hpp"
#include "sys/fd.hpp"

#include <string>

namespace prun::cluster {

class IncomingFile {
 public:
  explicit IncomingFile(std::string path) : path_(std::move(path)) {}
  IncomingFile(const IncomingFile&) = delete;
  IncomingFile& operator=(const IncomingFile&) = delete;
  /// Removes what is not whole.
  ~IncomingFile();

  /// Errors are kept, not thrown: the rest of the file comes all the same.
  void take(const FileChunk& chunk);

  [[nodiscard]] const std::string& path() const noexcept { return path_; }
  /// Why there will be no file; empty: no error so far.
  [[nodiscard]] const std::string& error() const noexcept { return error_; }
  /// Why this machine can store no files: its disk is full or read-only, or its work folder refuses new files. The text includes what
  /// the user can do. Empty: it can store files, or the error belongs to this file only.
  [[nodiscard]] const std::string& machine_error() const noexcept { return machine_error_; }
  /// After the last chunk: the file was not there before.
  [[nodiscard]] bool made() const noexcept { return made_; }

 private:
  void open();
  void write(std::string_view bytes) const;
  void finish(std::uint32_t mode);
  void drop();
  /// The same contents with the same permissions.
  [[nodiscard]] bool is_there_already(std::uint32_t mode) const;

  std::string path_;
  std::string temporary_;
  sys::Fd file_;
  std::string error_;
  std::string machine_error_;
  bool made_ = false;
};

}  // namespace prun::cluster
