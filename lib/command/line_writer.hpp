// Passes the output of a running command on, whole lines at a time, to a descriptor that other processes write to as well.
#pragma once

#include "sys/fd.hpp"

#include <mutex>
#include <string>
#include <string_view>

namespace prun::command {

/// Held while lines are written, by one process at a time; a process that dies gives it up.
class OutputLock {
 public:
  /// Before the workers are started. @throws std::system_error
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
  /// @param tag goes before each line
  LineWriter(int fd, std::string tag, const OutputLock& lock) : fd_(fd), tag_(std::move(tag)), lock_(&lock) {}

  /// @throws OutputError where the descriptor takes no more; not where nobody reads
  void add(std::string_view bytes);
  /// The last line, where no newline ended it, gets one.
  void finish();

 private:
  void write_out(std::string_view lines) const;
  [[nodiscard]] bool write_all(std::string_view left) const;

  int fd_;
  std::string tag_;
  const OutputLock* lock_;
  std::string waiting_;
};

/// `lines` with `tag` before each; a last line without newline too.
[[nodiscard]] std::string tagged(std::string_view lines, std::string_view tag);

}  // namespace prun::command
