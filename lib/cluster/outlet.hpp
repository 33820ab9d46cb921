// One end of a stream of frames, for writing. Frames wait in memory while the pipe is full. Several threads may use it: whoever
// comes sends what waits, so that a beat never lands inside another frame.
#pragma once

#include "cluster/file_chunk.hpp"
#include "cluster/frame.hpp"
#include "sys/fd.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
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
  /// Adds bytes that are no frame. `flush` writes them. They are not copied, so that many outlets can share them.
  void add_bytes(std::shared_ptr<const std::string> bytes);
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
  /// When the pipe last took bytes that are no beats.
  [[nodiscard]] std::chrono::steady_clock::time_point last_moved();
  [[nodiscard]] int fd() const noexcept { return fd_.get(); }
  /// The reader sees the end of the stream.
  void close();

 private:
  /// Files and shared bytes, and what comes behind them.
  struct Later {
    enum class Kind : std::uint8_t { frame, file, bytes };
    Kind kind = Kind::frame;
    FrameType type = FrameType::file;
    std::string body{};  ///< of a frame
    FileChunk head{};    ///< of a file
    std::string path{};  ///< of a file that is not open yet
    sys::Fd file{};
    std::shared_ptr<const std::string> bytes{};
    std::size_t at = 0;  ///< so many of `bytes` are written
  };
  void add_later(Later later);
  /// The next thing to write is bytes that are no frame.
  [[nodiscard]] bool bytes_are_next() const;
  void add_to_waiting(FrameType type, std::string_view body);
  void refill();
  [[nodiscard]] bool read_part(Later& file);
  [[nodiscard]] std::string_view next_bytes() const;
  void note_written(std::size_t count);
  bool write_some();

  std::mutex mutex_;
  sys::Fd fd_;
  std::string waiting_;
  std::deque<Later> later_;
  std::size_t written_ = 0;     ///< bytes of `waiting_` that the pipe has taken
  std::size_t beats_from_ = 0;  ///< behind this, `waiting_` has only beats
  std::chrono::steady_clock::time_point moved_at_{};
  bool broken_ = false;
  std::int64_t echo_ns_ = 0;
  std::int64_t echo_came_ns_ = 0;
};

/// CLOCK_MONOTONIC.
[[nodiscard]] std::int64_t monotonic_ns() noexcept;

}  // namespace prun::cluster
