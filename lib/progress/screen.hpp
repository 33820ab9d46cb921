// The interface to a terminal for drawing. Tests implement it too.
#pragma once

#include <cstddef>
#include <string_view>

namespace prun {

class Screen {
 public:
  struct Size {
    std::size_t columns = 80;
    std::size_t lines = 24;
  };

  Screen() = default;
  Screen(const Screen&) = delete;
  Screen& operator=(const Screen&) = delete;
  virtual ~Screen() = default;

  /// One write, which does not wait. Returns false if the terminal accepted only a part or nothing, for example after Ctrl-S.
  [[nodiscard]] virtual bool write(std::string_view bytes) = 0;
  /// The current size. A window may be resized at any time.
  [[nodiscard]] virtual Size size() const = 0;
  /// Returns true if this process is in the foreground of the terminal.
  [[nodiscard]] virtual bool in_foreground() const = 0;
};

}  // namespace prun
