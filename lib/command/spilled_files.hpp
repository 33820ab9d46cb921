// Outputs too large for memory, on their way from a worker to the master: unnamed temporary files, whose descriptors
// travel through a socket. Nothing has a name, so nothing is left behind whoever dies.
//
// A worker sends a file before it sends the result that names it by its token; the master therefore has the file, or finds
// it in the socket, when it has the result. It keeps only so many files open: what is beyond goes behind each other into
// one, whose used parts are given back. A file for which no descriptor is free stays in the socket, and its sender waits
// once that is full.
#pragma once

#include "sys/fd.hpp"
#include "sys/file_copy.hpp"

#include <sys/types.h>

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <unordered_map>
#include <utility>

namespace prun::command {

using FileToken = std::uint64_t;

/// How a result names a file.
struct SpilledFile {
  FileToken token = 0;
  std::uint64_t size = 0;
};

/// A file without a name, in $TMPDIR or /tmp. @throws std::system_error where there can be none
[[nodiscard]] sys::Fd make_unnamed_file();

class SpilledFiles {
 public:
  /// Before the workers are started. @throws std::system_error
  SpilledFiles();

  /// In a worker: hands a file on, whole as it is now; waits while the socket is full.
  [[nodiscard]] SpilledFile send(const sys::Fd& file) const;

  /// In the master. Readable when there are files to receive.
  [[nodiscard]] int fd() const noexcept { return receiver_.get(); }
  /// Takes all that are there. @throws std::system_error where one cannot be taken, which stays in the socket
  void receive();

  /// A file, or a part of one, with its space on the disk: given back with this object. The SpilledFiles must live longer.
  class Content {
   public:
    Content(SpilledFiles& files, sys::Fd own, const sys::FilePart& part)
        : files_(&files), own_(std::move(own)), part_(part) {}
    Content(const Content&) = delete;
    Content& operator=(const Content&) = delete;
    ~Content();
    [[nodiscard]] const sys::FilePart& part() const noexcept { return part_; }
    [[nodiscard]] std::uint64_t size() const noexcept { return part_.size; }

   private:
    SpilledFiles* files_;
    sys::Fd own_;  // where it is a file of its own
    sys::FilePart part_;
  };

  // What follows throws std::system_error where files cannot be received, and std::runtime_error where there is no file of
  // that token: an output would be lost.

  /// Where the file of that token is, until it is taken.
  [[nodiscard]] sys::FilePart look_at(FileToken token);

  /// A descriptor of the caller's own for the file of that token.
  struct Shared {
    sys::Fd file;
    off_t offset = 0;
    std::uint64_t size = 0;
    bool lasting = false;  ///< its content stays also when the token's file has been taken
  };
  [[nodiscard]] Shared share(FileToken token);

  /// Keeps a file that the master itself has made.
  [[nodiscard]] SpilledFile adopt(sys::Fd file);

  /// The file of that token, once.
  [[nodiscard]] std::shared_ptr<const Content> take(FileToken token);

  /// A result has come that names this file.
  void note_named(FileToken token);
  /// Nobody wants this file; where it has come, its space is given back.
  void give_back(FileToken token) noexcept;
  /// A process has died: what it has sent, and no result names, is given back.
  void give_back_unnamed(pid_t sender);

 private:
  struct Kept {
    sys::Fd own;  ///< none: in the common file
    off_t offset = 0;
    std::uint64_t size = 0;
    bool named = false;
  };
  using AllKept = std::unordered_map<FileToken, Kept>;

  [[nodiscard]] bool receive_one();
  [[nodiscard]] bool free_a_descriptor();
  void restore_spares();
  void keep(FileToken token, sys::Fd file);
  void move_to_common(Kept& kept);
  [[nodiscard]] AllKept::iterator find(FileToken token);
  [[nodiscard]] sys::FilePart part_of(const Kept& kept) const noexcept;
  void give_back(sys::Fd& own, const sys::FilePart& part) noexcept;

  sys::Fd receiver_;
  sys::Fd sender_;
  /// So that there is always a descriptor for the common file, and one for the file that is moved there.
  std::array<sys::Fd, 2> spares_;
  AllKept kept_;
  std::size_t open_files_ = 0;  ///< of those kept, and of those taken and still in use
  std::size_t most_open_files_;
  sys::Fd common_;
  off_t common_size_ = 0;
  std::size_t in_common_ = 0;  ///< so many files have their content there
};

}  // namespace prun::command
