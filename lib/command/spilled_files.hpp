// Outputs too large for memory on their way from a worker to the master: unnamed temporary files whose descriptors are sent
// over a socket. They have no names, so no file remains whichever process dies.
//
// A worker sends a file before the result that names it by its token. So when the master has the result, it has the file or
// finds it in the socket. It keeps a limited number of files open. It appends further files to one common file and frees the
// used parts of it. A file for which no descriptor is free stays in the socket, and its sender waits when the socket is
// full.
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

/// How a result refers to a file.
struct SpilledFile {
  FileToken token = 0;
  std::uint64_t size = 0;
};

/// An unnamed file in $TMPDIR or /tmp. @throws std::system_error if it cannot be created
[[nodiscard]] sys::Fd make_unnamed_file();

class SpilledFiles {
 public:
  /// Create it before the workers start. @throws std::system_error
  SpilledFiles();

  /// In a worker: sends a file with its current content. Waits while the socket is full.
  [[nodiscard]] SpilledFile send(const sys::Fd& file) const;

  /// In the master: readable when there are files to receive.
  [[nodiscard]] int fd() const noexcept { return receiver_.get(); }
  /// Receives all available files. @throws std::system_error if one cannot be received; it then stays in the socket
  void receive();

  /// A file, or a part of one. The destructor frees its disk space. The SpilledFiles must live longer.
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
    sys::Fd own_;  // for a separate file
    sys::FilePart part_;
  };

  // The following functions throw std::system_error if files cannot be received, and std::runtime_error if no file has the
  // token: an output would be lost.

  /// The location of the file with that token, valid until it is taken.
  [[nodiscard]] sys::FilePart look_at(FileToken token);

  /// A new descriptor of the caller for the file with that token.
  struct Shared {
    sys::Fd file;
    off_t offset = 0;
    std::uint64_t size = 0;
    bool lasting = false;  ///< its content stays valid after the token's file has been taken
  };
  [[nodiscard]] Shared share(FileToken token);

  /// Keeps a file that the master itself has created.
  [[nodiscard]] SpilledFile adopt(sys::Fd file);

  /// Takes the file with that token, once.
  [[nodiscard]] std::shared_ptr<const Content> take(FileToken token);

  /// A result that names this file has arrived.
  void note_named(FileToken token);
  /// The file is not needed. Frees its disk space if it has arrived.
  void give_back(FileToken token) noexcept;
  /// A process has died: frees the files that it has sent and that no result names.
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
  /// Reserve one descriptor for the common file and one for a file that is moved into it.
  std::array<sys::Fd, 2> spares_;
  AllKept kept_;
  std::size_t open_files_ = 0;  ///< files kept, and files taken that are still in use
  std::size_t most_open_files_;
  sys::Fd common_;
  off_t common_size_ = 0;
  std::size_t in_common_ = 0;  ///< number of files whose content is in the common file
};

}  // namespace prun::command
