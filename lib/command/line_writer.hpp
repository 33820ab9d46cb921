// Passes on the output of a running command in complete lines, to a descriptor that other processes also write to.
#pragma once

#include "sys/fd.hpp"
#include "sys/shared_terminal.hpp"

#include <mutex>
#include <string>
#include <string_view>

namespace prun::command {

/// Held by one process at a time while it writes lines. The death of a process releases it.
class OutputLock {
 public:
  /// Create it before the workers start. @throws std::system_error
  OutputLock();

  class Held {
   public:
    explicit Held(const OutputLock& lock);
    Held(const Held&) = delete;
    Held& operator=(const Held&) = delete;
    ~Held();

   private:
    std::lock_guard<std::mutex> thread_;
    int fd_;
  };

 private:
  sys::Fd file_;
  mutable std::mutex threads_;
};

class LineWriter {
 public:
  /// @param tag goes before each line @param terminal on which something may be drawn; null: there is none
  LineWriter(int fd, std::string tag, const OutputLock& lock, sys::SharedTerminal* terminal = nullptr)
      : fd_(fd), tag_(std::move(tag)), lock_(&lock), terminal_(terminal) {}

  /// @throws OutputError where the descriptor takes no more; not where nobody reads
  void add(std::string_view bytes);
  /// Adds a newline to the last line if it has none.
  void finish();

 private:
  void write_out(std::string_view lines) const;
  [[nodiscard]] bool write_all(std::string_view left) const;

  int fd_;
  std::string tag_;
  const OutputLock* lock_;
  sys::SharedTerminal* terminal_;
  std::string waiting_;
};

/// `lines` with `tag` before each of them, also before a last line without newline.
[[nodiscard]] std::string tagged(std::string_view lines, std::string_view tag);

}  // namespace prun::command
