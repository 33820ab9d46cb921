// Runs a command on a pseudo-terminal of its own, as a person does who looks at the screen and types. All waiting is for an event,
// with a deadline. It knows nothing of prun.
#pragma once

#include "support/terminal_text.hpp"

#include <sys/types.h>

#include <chrono>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace prun::test {

class PseudoTerminal {
 public:
  using Environment = std::vector<std::pair<std::string, std::string>>;

  /// @param arguments the program first
  explicit PseudoTerminal(const std::vector<std::string>& arguments, const Environment& environment = {});
  PseudoTerminal(const PseudoTerminal&) = delete;
  PseudoTerminal& operator=(const PseudoTerminal&) = delete;
  /// Kills the command.
  ~PseudoTerminal();

  [[nodiscard]] pid_t pid() const noexcept { return pid_; }
  /// All that came, and the lines that are seen.
  [[nodiscard]] const std::string& bytes() const noexcept { return bytes_; }
  [[nodiscard]] const TerminalText& screen() const noexcept { return screen_; }
  /// A line that is seen begins with `text`.
  [[nodiscard]] bool shows(std::string_view text) const;

  void type(std::string_view keys) const;
  void resize(unsigned short columns, unsigned short lines) const;
  /// Reads until `done()`. @return false: the time ran out, or the command ended before
  bool wait_until(const std::function<bool()>& done);
  /// Reads until the command has ended. @return its exit status; 128 + signal; -1: the time ran out
  int wait();

 private:
  bool read_some();

  pid_t pid_ = -1;
  int fd_ = -1;
  std::string bytes_;
  TerminalText screen_;
  std::chrono::steady_clock::time_point deadline_ = std::chrono::steady_clock::now() + std::chrono::seconds(60);
};

}  // namespace prun::test
