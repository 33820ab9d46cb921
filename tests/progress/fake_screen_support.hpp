// A terminal that a test looks at.
#pragma once

#include "progress/screen.hpp"
#include "support/terminal_text.hpp"

namespace prun::test {

class FakeScreen final : public Screen {
 public:
  [[nodiscard]] bool write(std::string_view bytes) override {
    if (stopped) return false;
    ++writes;
    text.print(bytes);
    return true;
  }
  [[nodiscard]] Size size() const override { return window; }
  [[nodiscard]] bool in_foreground() const override { return foreground; }
  [[nodiscard]] std::vector<std::string> seen() const { return text.lines(); }

  TerminalText text;
  Size window{80, 24};
  bool foreground = true;
  bool stopped = false;  ///< by Ctrl-S
  int writes = 0;
};

}  // namespace prun::test
