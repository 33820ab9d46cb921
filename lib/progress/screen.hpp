// A terminal to draw on. Tests have one of their own.
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

  /// One write, which does not wait. False: the terminal took nothing, or only a part, as when it was stopped with Ctrl-S.
  [[nodiscard]] virtual bool write(std::string_view bytes) = 0;
  /// Now: a window may be resized at any time.
  [[nodiscard]] virtual Size size() const = 0;
  /// Whoever works at the terminal sees this process, and no other in its place.
  [[nodiscard]] virtual bool in_foreground() const = 0;
};

}  // namespace prun
