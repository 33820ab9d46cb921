// The memory that the processes of a pool share in addition to the rings: the called functions, each written once, and the time limit of
// each worker's call. Only the master writes functions. Each worker writes its own note.
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

/// How the items of a chunk are called.
struct Callable {
  enum class Form : std::uint8_t {
    item,      ///< f(item)
    unpacked,  ///< f(*item)
    call       ///< f(*args, **kwargs)
  };
  Form form = Form::item;
  bool for_executor = false;  ///< exceptions are those of concurrent.futures, otherwise those of multiprocessing
  bool in_place = false;      ///< large buffers of results are part of the results
  bool by_name = false;       ///< the pickle is a name, and need be loaded only once
  double timeout = 0;         ///< seconds that a call may take; 0: no limit
  std::string_view pickle{};
};

class SharedTable {
 public:
  /// @throws std::system_error
  explicit SharedTable(std::uint32_t workers);
  /// Opens the table of another process.
  explicit SharedTable(sys::Fd memory);
  SharedTable(const SharedTable&) = delete;
  SharedTable& operator=(const SharedTable&) = delete;
  ~SharedTable();

  [[nodiscard]] int fd() const noexcept { return memory_.get(); }

  /// The prefix of a chunk's items: the place of the callable, or the callable itself.
  [[nodiscard]] std::string prefix_of(const Callable& callable);
  struct Found {
    std::uint32_t place = 0;  ///< the same for the same callable; `inline_place` if the callable is in the chunk itself
    Callable callable;
  };
  /// Removes and returns the prefix of a payload.
  [[nodiscard]] Found take(std::string_view& payload) const;
  static constexpr std::uint32_t inline_place = UINT32_MAX;

  /// The process is killed if the worker's call has not ended at `until` (CLOCK_MONOTONIC, ns). 0: no call with a limit runs.
  /// @param limit seconds that the call may take
  void note(std::uint32_t worker, std::int32_t pid, std::int64_t until, double limit) noexcept;
  /// If the process was killed because its call took too long: the seconds that the call was allowed to take.
  [[nodiscard]] std::optional<double> exceeded_limit(std::int32_t pid) const noexcept;

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
