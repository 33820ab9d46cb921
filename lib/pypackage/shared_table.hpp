// What a pool's processes share beside the rings: the functions that are called, each written once, and what each worker's call
// may take. The master alone writes functions; each worker writes its own note.
#pragma once

#include "sys/fd.hpp"

#include <atomic>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace prun::pypackage {

/// How the items of a chunk are to be called.
struct Callable {
  enum class Form : std::uint8_t {
    item,      ///< f(item)
    unpacked,  ///< f(*item)
    call       ///< f(*args, **kwargs)
  };
  Form form = Form::item;
  bool for_executor = false;  ///< exceptions look as concurrent.futures has them, else as multiprocessing
  bool in_place = false;      ///< large buffers of results are part of the results
  bool by_name = false;       ///< the pickle is a name, and need be loaded only once
  double timeout = 0;         ///< seconds that a call may take; 0: no limit
  std::string_view pickle{};
};

class SharedTable {
 public:
  /// @throws std::system_error
  explicit SharedTable(std::uint32_t workers);
  /// One that another process has made.
  explicit SharedTable(sys::Fd memory);
  SharedTable(const SharedTable&) = delete;
  SharedTable& operator=(const SharedTable&) = delete;
  ~SharedTable();

  [[nodiscard]] int fd() const noexcept { return memory_.get(); }

  /// What stands in front of a chunk's items: the place of the callable, or the callable itself.
  [[nodiscard]] std::string prefix_of(const Callable& callable);
  struct Found {
    std::uint32_t place = 0;  ///< the same for the same callable; `inline_place` where it stands in the chunk itself
    Callable callable;
  };
  /// Takes the prefix off the front of a payload.
  [[nodiscard]] Found take(std::string_view& payload) const;
  static constexpr std::uint32_t inline_place = UINT32_MAX;

  /// The worker's call ends at that time (CLOCK_MONOTONIC, ns), or its process does. 0: no call with a limit runs.
  void note(std::uint32_t worker, std::int32_t pid, std::int64_t until) noexcept;
  /// The process was killed because its call took too long.
  [[nodiscard]] bool was_overdue(std::int32_t pid) const noexcept;

 private:
  struct Header;
  struct Note;
  void map(std::size_t size);
  [[nodiscard]] Header& header() const noexcept;
  [[nodiscard]] Note* notes() const noexcept;

  sys::Fd memory_;
  char* data_ = nullptr;
  std::size_t size_ = 0;
  std::mutex mutex_;
  std::unordered_map<std::string, std::uint32_t> places_;  ///< of entries
};

}  // namespace prun::pypackage
