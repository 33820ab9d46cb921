// The process group of the program that a call runs, told to whoever must reach it from outside, and the last line that it wrote,
// for whoever watches it. Set by the thread that makes the worker's calls.
#pragma once

#include "sys/text_note.hpp"

#include <sys/types.h>

#include <atomic>
#include <cstdint>
#include <string_view>

namespace prun {

/// Where this thread's worker stores it; null: nowhere.
inline std::atomic<std::int32_t>*& running_child_place() noexcept {
  thread_local std::atomic<std::int32_t>* place = nullptr;
  return place;
}

/// The same for the last line of output.
inline sys::TextNote*& running_output_place() noexcept {
  thread_local sys::TextNote* place = nullptr;
  return place;
}

/// The program has written these bytes. Its last line counts, also one that is drawn again and again by means of carriage returns.
inline void note_output(std::string_view bytes) noexcept {
  sys::TextNote* const place = running_output_place();
  if (place == nullptr) return;
  constexpr std::string_view ends("\r\n");
  const auto last = bytes.find_last_not_of(ends);
  if (last == std::string_view::npos) return;
  const auto before = bytes.find_last_of(ends, last);
  const auto first = before == std::string_view::npos ? 0 : before + 1;
  place->write(bytes.substr(first, last + 1 - first));
}

/// The group is published while this exists. Destroy it before reaping the group's leader, so that its number is not reused.
class RunningChild {
 public:
  explicit RunningChild(pid_t group) noexcept {
    if (auto* const note = running_output_place(); note != nullptr) note->write({});
    tell(group);
  }
  RunningChild(const RunningChild&) = delete;
  RunningChild& operator=(const RunningChild&) = delete;
  ~RunningChild() { end(); }
  void end() noexcept { tell(0); }

 private:
  static void tell(pid_t group) noexcept {
    if (auto* const place = running_child_place(); place != nullptr) place->store(group);
  }
};

}  // namespace prun
