// One end of a stream of frames, for writing. Frames wait in memory while the pipe is full. Several threads may use it: whoever
// comes sends what waits, so that a beat never lands inside another frame.
#pragma once

#include "cluster/frame.hpp"
#include "sys/fd.hpp"

#include <cstddef>
#include <cstdint>
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
  bool write_some();

  std::mutex mutex_;
  sys::Fd fd_;
  std::string waiting_;
  std::size_t written_ = 0;  ///< bytes of `waiting_` that the pipe has taken
  bool broken_ = false;
  std::int64_t echo_ns_ = 0;
  std::int64_t echo_came_ns_ = 0;
};

/// CLOCK_MONOTONIC.
[[nodiscard]] std::int64_t monotonic_ns() noexcept;

}  // namespace prun::cluster
