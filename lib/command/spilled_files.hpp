// Outputs too large for memory, on their way from a worker to the master: unnamed temporary files, whose descriptors
// travel through a socket. Nothing has a name, so nothing is left behind whoever dies.
//
// A worker sends a file before it sends the result that names it by its token; the master therefore has the file, or finds
// it in the socket, when it has the result. It keeps only so many files open: what is beyond goes behind each other into
// one, whose used parts are given back.
#pragma once

#include "sys/fd.hpp"

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <unordered_map>
#include <utility>

namespace prun::command {

using FileToken = std::uint64_t;

/// A file without a name, in $TMPDIR or /tmp. @throws std::system_error where there can be none
[[nodiscard]] sys::Fd make_unnamed_file();

class SpilledFiles {
 public:
  /// Before the workers are started. @throws std::system_error
  SpilledFiles();

  /// In a worker: hands a file on, whole as it is now; waits while the socket is full.
  [[nodiscard]] FileToken send(const sys::Fd& file) const;

  /// In the master. Readable when there are files to receive.
  [[nodiscard]] int fd() const noexcept { return receiver_.get(); }
  /// Takes all that are there.
  void receive();

  /// A part of a file that is read at `offset`.
  class Content {
   public:
    Content(Content&& other) noexcept
        : file_(std::move(other.file_)),
          fd_(std::exchange(other.fd_, -1)),
          offset_(other.offset_),
          size_(other.size_) {}
    Content& operator=(Content&&) = delete;
    ~Content();
    [[nodiscard]] int fd() const noexcept { return fd_; }
    [[nodiscard]] off_t offset() const noexcept { return offset_; }
    [[nodiscard]] std::uint64_t size() const noexcept { return size_; }

   private:
    friend class SpilledFiles;
    Content(sys::Fd file, int fd, off_t offset, std::uint64_t size)
        : file_(std::move(file)), fd_(fd), offset_(offset), size_(size) {}
    sys::Fd file_;  // where it is a file of its own
    int fd_;
    off_t offset_;
    std::uint64_t size_;
  };

  /// Where the file of that token is, until it is taken; a size of 0 where there is none.
  struct Place {
    int fd = -1;
    off_t offset = 0;
    std::uint64_t size = 0;
  };
  [[nodiscard]] Place look_at(FileToken token);

  /// A descriptor of the caller's own for the file of that token; empty where there is none.
  struct Shared {
    sys::Fd file;
    off_t offset = 0;
    std::uint64_t size = 0;
    bool lasting = false;  ///< its content stays also when the token's file has been taken
  };
  [[nodiscard]] std::optional<Shared> share(FileToken token);

  /// Keeps a file that the master itself has made.
  [[nodiscard]] FileToken adopt(sys::Fd file);

  /// The file of that token, once; empty where there is none (its sender is dead).
  [[nodiscard]] std::optional<Content> take(FileToken token);

 private:
  struct Kept {
    sys::Fd file;  ///< none: in the common file
    off_t offset = 0;
    std::uint64_t size = 0;
  };
  void keep(FileToken token, sys::Fd file);
  void append_to_common(Kept& kept, const sys::Fd& file);

  sys::Fd receiver_;
  sys::Fd sender_;
  std::unordered_map<FileToken, Kept> kept_;
  std::size_t open_files_ = 0;
  sys::Fd common_;
  off_t common_size_ = 0;
};

}  // namespace prun::command
