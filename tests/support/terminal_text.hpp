// What a terminal shows of the bytes that it gets: it understands text, return, newline and a few sequences, and keeps the lines that
// a person would see, without an end to the screen. It notes any sequence that it does not know.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace prun::test {

class TerminalText {
 public:
  void print(std::string_view bytes);
  /// Without the empty lines at the end.
  [[nodiscard]] std::vector<std::string> lines() const;
  /// The first sequence that is none of those which draw lines; empty: there was none.
  [[nodiscard]] const std::string& strange() const noexcept { return strange_; }

 private:
  void escape();

  std::vector<std::string> lines_ = std::vector<std::string>(1);
  std::size_t line_ = 0;
  std::size_t column_ = 0;
  std::string sequence_;  ///< begun, and not whole yet
  std::string strange_;
};

}  // namespace prun::test
