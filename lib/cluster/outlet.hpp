// One end of a stream of frames, for writing. Frames wait in memory while the pipe is full. Several threads may use it: whoever
// comes sends what waits, so that a beat never lands inside another frame.
#pragma once

#include "cluster/file_chunk.hpp"
#include "cluster/frame.hpp"
#include "sys/fd.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <mutex>
#include <string>
#include <string_view>

namespace prun::cluster {

class Outlet {
 public:
  /// Makes the open file non-blocking.
  explicit Outlet(sys::Fd fd);
  Outlet(const Outlet&) = delete;
  Outlet& operator=(const Outlet&) = delete;

  /// Adds a file, in frames as `head` says. It is read when its turn comes, so that only a part of it is in memory.
  void add_file(FileChunk head, std::string path);
  void add_file(FileChunk head, sys::Fd file);
  /// Adds bytes that are no frame. `flush` writes them.
  void add_bytes(std::string_view bytes);
  /// Adds a frame. `flush` writes it.
  void add(FrameType type, std::string_view body);
  /// Writes what the pipe takes now. False: its reader is gone.
  bool flush();
  /// Adds a beat and writes what the pipe takes now.
  void beat();
  /// The other end's beat has come: the next beat from here answers it.
  void note_beat(std::int64_t sent_ns);

  /// Frames wait for room in the pipe.
  [[nodiscard]] bool waits();
  [[nodiscard]] int fd() const noexcept { return fd_.get(); }
  /// The reader sees the end of the stream.
  void close();

 private:
  /// What comes behind a file that has not been read to its end.
  struct Later {
    FrameType type = FrameType::file;
    std::string body;  ///< of a frame
    FileChunk head;    ///< of a file
    std::string path;  ///< of a file that is not open yet
    sys::Fd file;
    bool is_file = false;
  };
  void add_file(Later file);
  void refill();
  [[nodiscard]] bool read_part(Later& file);
  bool write_some();

  std::mutex mutex_;
  sys::Fd fd_;
  std::string waiting_;
  std::deque<Later> later_;
  std::size_t written_ = 0;  ///< bytes of `waiting_` that the pipe has taken
  bool broken_ = false;
  std::int64_t echo_ns_ = 0;
  std::int64_t echo_came_ns_ = 0;
};

/// CLOCK_MONOTONIC.
[[nodiscard]] std::int64_t monotonic_ns() noexcept;

}  // namespace prun::cluster
